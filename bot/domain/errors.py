"""What the rules answer when they say no."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A way on from a refusal, as a button: `/inc <command>`, for one incident or for the channel's.

    Whoever presses one that is `sure` says that nothing in it is a secret.
    """

    label: str
    command: str
    incident: int | None = None
    sure: bool = False


class Refused(Exception):
    """The rules say no. The message is for the person who asked, and is shown to them with the ways on.

    It begins with DRILL where what was refused is of a `drill`.
    """

    drill = False

    def __init__(self, said: str, *steps: Step) -> None:
        super().__init__(said)
        self.steps = steps


class NotThem(Refused):
    """The person who was chosen cannot have it: a form shows this at the field where they were."""


class Malformed(Refused):
    """A message or form carries what none of ours does: of another version, or made by hand."""

    def __init__(self) -> None:
        super().__init__("I cannot read this message or form any more. Open it again: `/inc`.")


class NotFound(Refused):
    """There is no such thing, or this person may not know of it: both read the same."""

    def __init__(self, kind: str, key: object) -> None:
        ways = (Step("Ask for access", f"access {key}"), Step("All open incidents", "list"))
        super().__init__(f"I know no {kind} `{key}`.", *(ways if str(key).startswith("INC-") else ()))


class Lost(NotFound):
    """There was such a thing, and a backup that was made before it has taken its place."""

    def __init__(self, kind: str) -> None:
        Refused.__init__(
            self,
            f"This {kind} is from before I was restored from a backup. I know nothing of it any more, and I "
            "call nobody for it. If it is not over, declare it again: `/inc declare`.",
            Step("Declare an incident", "declare"),
        )
