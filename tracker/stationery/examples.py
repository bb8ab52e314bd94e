"""What a template is begun with: the built-in layout with placeholders in place of the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.documents.letter import Grid, Letter, Text

ANY_DAY = date(2024, 3, 22)


@dataclass(frozen=True)
class TemplateLetter(Letter):
    """A letter that is a template: its day and its copies are placeholders too."""

    day: date = ANY_DAY

    @property
    def day_words(self) -> str:
        """{{ 成文日期 }}."""
        return "{{ 成文日期 }}"

    @property
    def imprint(self) -> list[str]:
        """版记, with the row of copies where there are any."""
        copies = ["{%tr if 抄送机关 %}", "抄送：{{ 抄送机关 }}。", "{%tr endif %}"] if self.copies else []
        return [*copies, f"{self.organ}\t{self.day_words}印发"]


def when(name: str, *blocks: Text | Grid) -> Sequence[Text | Grid]:
    """What a template writes only where there is something under the name."""
    return [Text(f"{{%p if {name} %}}"), *blocks, Text("{%p endif %}")]
