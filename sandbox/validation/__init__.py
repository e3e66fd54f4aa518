"""Block Kit as Slack accepts it: what is wrong with a payload, and the state that its elements hold."""

from sandbox.validation.messages import attachment_problems, message_problems
from sandbox.validation.state import initial_state, submit_problems, with_block_ids
from sandbox.validation.views import VIEW_BYTES, view_problems, view_too_large

__all__ = [
    "VIEW_BYTES",
    "attachment_problems",
    "initial_state",
    "message_problems",
    "submit_problems",
    "view_problems",
    "view_too_large",
    "with_block_ids",
]
