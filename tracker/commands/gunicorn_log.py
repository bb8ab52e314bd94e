"""gunicorn's messages go where ours go; read by gunicorn alone."""

from typing import Any

from gunicorn.glogging import Logger as Own


class Logger(Own):  # type: ignore[misc]  # it has no types
    """Hands every message to the log of `tracker.logs`."""

    def setup(self, cfg: Any) -> None:
        """As gunicorn does, but without a handler of its own."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
