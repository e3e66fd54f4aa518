"""The one way in which something is refused."""

from typing import Any


class SlackError(Exception):
    """Refused with one of Slack's error codes; `extra` joins it in the answer."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def answer(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.extra}


def invalid_arguments(*problems: str) -> SlackError:
    """Slack's way of naming wrong or missing arguments."""
    return SlackError(
        "invalid_arguments", response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]}
    )


def invalid_blocks(problems: list[str]) -> SlackError:
    """Slack's way of naming what is wrong in the blocks of a message."""
    return SlackError(
        "invalid_blocks",
        errors=problems,
        response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]},
    )
