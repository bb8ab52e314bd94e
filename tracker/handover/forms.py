"""Who takes over."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField
from wtforms.validators import InputRequired

from tracker.forms import ChineseForm
from tracker.handover.rules import VACANT
from tracker.people.models import User

NOBODY = "none"


class SuccessorForm(ChineseForm):
    """接任人; `person` is the one chosen, None when there is none yet."""

    successor = RadioField("接任人", [InputRequired(f"请选择接任人，或选“{VACANT}”")], choices=[])

    def __init__(self, people: Sequence[User], **kwargs: Any) -> None:
        self._people = {str(person.id): person for person in people}
        super().__init__(**kwargs)
        names = [(key, f"{person.name}（{person.username}）") for key, person in self._people.items()]
        self.successor.choices = [*names, (NOBODY, VACANT)]

    @property
    def person(self) -> User | None:
        return self._people.get(self.successor.data or "")
