"""What is chosen for a unit's share of a task."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField

from tracker.assignments.actions import EVERYBODY
from tracker.forms import ChineseForm
from tracker.people.models import User


class HandlerForm(ChineseForm):
    """指定经办人; `handler` is the person chosen, None: everybody."""

    handler_id = SelectField("经办人", choices=[])

    def __init__(self, people: Sequence[User], **kwargs: Any) -> None:
        self._people = {str(person.id): person for person in people}
        super().__init__(**kwargs)
        names = [(key, person.name) for key, person in self._people.items()]
        self.handler_id.choices = [("", EVERYBODY), *names]

    @property
    def handler(self) -> User | None:
        return self._people.get(self.handler_id.data or "")
