"""What is answered to what is no command: what may be meant by it, and a new incident of that name."""

from collections.abc import Collection, Sequence

from bot.domain.errors import Refused, Step
from bot.domain.incidents.severity_words import graded, in_sentence
from bot.views.not_yet import did_you_mean, no_command
from handlers import role_words, spelling, words
from handlers.incidents import declare
from handlers.request import Request, as_read, plain_text

SHORT = 40
"""A command of up to so many characters fits on its button, on a phone too."""

SHOWN = 18
"""How much of a name stands on its button, which a phone shows whole."""


async def unknown(request: Request, first: str, text: str, known: Collection[str]) -> None:
    """Ask in an incident's channel what is meant; elsewhere it is a name, unless it is close to a command."""
    word = first.lower().rstrip(":,;.!")
    if request.incident:
        if _says_severity(word, request.plain):
            raise _no_command(request)
        if said := spelling.phrase(request.plain):
            raise _asked(request, request.plain, [said], "")
        if text and role_words.is_role(word, request.uow.process):
            raise _asked(request, plain_text(first), ["role"], f"{first} {text}")
    if found := spelling.meant(word, text, known):
        raise _asked(request, plain_text(first), found, text)
    if request.incident:
        raise _no_command(request)
    await declare.declare(request)


def _says_severity(word: str, text: str) -> bool:
    """Say whether a text begins with a severity, or says nothing else: "S1: all is down", "make it S1"."""
    said = in_sentence(text)
    return bool(graded(word)[0] or (said and said[1]))


def _asked(request: Request, typed: str, found: Sequence[str], text: str) -> Refused:
    """Ask whether a command close to what was typed was meant."""
    offers: tuple[Step, ...] = declaring(request)
    number, rest = words.numbered(text) or (None, text)
    if rest and not spelling.takes_words(found[0]):
        text = rest = ""
        offers = (Step("Write it on the timeline", f"note {request.text}"), *offers)
    steps = [_step(one, text, rest, number) for one in found]
    return did_you_mean(typed, found, (*steps, *offers))


def _step(meant: str, text: str, rest: str, number: int | None) -> Step:
    """Return the button that runs a command with the words after the wrong one."""
    shown = as_read(f"/inc {meant} {text}".strip())
    return Step(shown if len(shown) <= SHORT else f"/inc {meant} …", f"{meant} {rest}".strip(), number)


def _no_command(request: Request) -> Refused:
    """Say in an incident's channel that something is no command, and offer what may be wanted with it."""
    several = len(request.plain.split()) > 1
    note = [Step("Write it on the timeline", f"note {request.text}")] if several else []
    severity, _ = graded(request.plain)
    grade = [Step(f"Severity {severity} here", f"severity {severity}")] if severity else []
    return no_command(request.plain, (*grade, *note, *declaring(request), Step("All commands", "help")))


def declaring(request: Request) -> tuple[Step]:
    """Return the way to declare an incident with what was typed as its name."""
    new, name = "a new" if request.incident else "an", request.plain
    shown = name if len(name) <= SHOWN else f"{name[:SHOWN].rpartition(' ')[0] or name[: SHOWN - 1]}…"
    return (Step(f"Declare {new} incident “{shown}”", f"declare {request.text}"),)
