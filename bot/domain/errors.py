"""What the rules answer when they say no."""


class Refused(Exception):
    """The rules say no. The message is for the person who asked, and is shown to them."""


class NotFound(Refused):
    """There is no such thing, or this person may not know of it: both read the same."""

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"I know no {kind} `{key}`.")
