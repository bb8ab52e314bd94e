"""What the office orders, what the unit does about it, and what the office says to that."""

from tracker.supervision.actions.extending import answer_extension, ask_extension
from tracker.supervision.actions.ordering import Words, discard, draft, edit, issue
from tracker.supervision.actions.replying import acknowledge, close, reply, send_back

__all__ = [
    "Words", "acknowledge", "answer_extension", "ask_extension", "close", "discard", "draft", "edit", "issue",
    "reply", "send_back",
]  # fmt: skip
