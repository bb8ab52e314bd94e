"""What people do with accounts: come in, go, change the password; add, edit, reset, stop, let in again."""

from tracker.people.actions.accounts import (
    Contact,
    add,
    change_role,
    contact_of,
    disable,
    edit,
    enable,
    reset_password,
)
from tracker.people.actions.entering import (
    Answer,
    Attempt,
    Device,
    begin,
    end,
    end_all,
    end_others,
    leave,
    note_seen,
    try_to_enter,
)
from tracker.people.actions.importing import Import, carry_out_import, plan_import
from tracker.people.actions.own import WRONG_OLD, Change, Known, change_password, check_change, known_of

__all__ = [
    "WRONG_OLD",
    "Answer",
    "Attempt",
    "Change",
    "Contact",
    "Device",
    "Import",
    "Known",
    "add",
    "begin",
    "carry_out_import",
    "change_password",
    "change_role",
    "check_change",
    "contact_of",
    "disable",
    "edit",
    "enable",
    "end",
    "end_all",
    "end_others",
    "known_of",
    "leave",
    "note_seen",
    "plan_import",
    "reset_password",
    "try_to_enter",
]  # fmt: skip
