"""The ways in which something is refused: as Slack does, or in words for whoever runs the sandbox."""

from typing import Any


class SlackError(Exception):
    """Refused with one of Slack's error codes; `extra` joins it in the answer."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def answer(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.extra}


class Unusable(Exception):
    """Something that the sandbox was given cannot be used; each of the `problems` is a line for people."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class CannotListen(Exception):
    """The port cannot be had, mostly as another process has it."""

    def __init__(self, port: int, reason: OSError) -> None:
        super().__init__(f"cannot listen on port {port}: {reason.strerror or reason}")
        self.reason = reason


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
