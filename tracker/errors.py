"""What an action says when it cannot be done; the web answers 409, a command prints the line."""


class Refused(Exception):
    """The rules do not allow it; the message tells the person why, in Chinese."""


class Stale(Refused):
    """Somebody changed the row since the person saw it."""

    def __init__(self, message: str = "内容已被他人更新，请核对最新状态后再操作") -> None:
        super().__init__(message)


def enforce(reason: str | None) -> None:
    """Hold to what a permission rule answers: None lets the action go on.

    Raises:
        Refused: with the rule's reason.
    """
    if reason:
        raise Refused(reason)


def check_version(seen: int | None, present: int) -> None:
    """Whether a row is still the one that the person saw; who saw none is not asked.

    Raises:
        Stale: it is not.
    """
    if seen is not None and seen != present:
        raise Stale


def refusal_words(trouble: Exception) -> str:
    """What a page says of an action that failed: why the rules refuse it, else, as the database found,
    that somebody changed the row at the same moment."""
    return str(trouble if isinstance(trouble, Refused) else Stale())
