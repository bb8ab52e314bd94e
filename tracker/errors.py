"""What an action says when it cannot be done; the web answers 409, a command prints the line."""


class Refused(Exception):
    """The rules do not allow it; the message tells the person why, in Chinese."""


class Stale(Refused):
    """Somebody changed the row since the person saw it."""

    def __init__(self, message: str = "内容已被他人更新，请核对最新状态后再操作") -> None:
        super().__init__(message)
