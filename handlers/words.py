"""Severities, statuses, roles, people and incidents, as somebody types them after a command."""

import re
from collections.abc import Sequence

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.severity_words import in_sentence
from bot.domain.process import Process
from handlers import role_words
from handlers.request import Request, plain_text
from storage import incidents, members, people

_SEVERITY = re.compile(r"(?:s|sev|severity|p)?[\s:_-]*([1-4])")
_NUMBER = re.compile(r"(?:inc[\s-]?|#)?(\d{1,9})", re.IGNORECASE)
_NUMBERED = re.compile(r"inc[- ]?(\d{1,9})[:,]?(?:\s+|$)", re.IGNORECASE)
_BARE = re.compile(r"#?(\d{1,9})[:,]?\s+(\w+)", re.ASCII)
"""A number and one word, as in "6 ack"."""
_PEOPLE = re.compile(r"<@([UW][A-Z0-9]+)")
_MENTIONED = re.compile(r"<@[^>]*>")
_LAST = re.compile(r"\s*<@([UW][A-Z0-9]+)(?:\|[^>]*)?>[.!]?$")
_FIRST = re.compile(r"^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>[:,]?\s*")
_AT_NAME = re.compile(r"(?:^|\s)@([^@]+)$")
"""A name that was typed without being chosen from Slack's list: it comes as text."""
MOST_OFFERED = 4
LONGEST_LABEL = 60
_ALSO = {
    "canceled": Status.CANCELLED,
    "done": Status.RESOLVED,
    "fixed": Status.MONITORING,
    "investigate": Status.INVESTIGATING,
    "mitigated": Status.MONITORING,
    "monitor": Status.MONITORING,
    "resolve": Status.RESOLVED,
    "review": Status.POST_INCIDENT,
    "watching": Status.MONITORING,
}
_NOISE = frozenset(["it", "this", "that", "now", "please", "the", "page", "incident", "one"])
IS = re.compile(r"^(?:(?:is|to|now|=|:)\s+)+", re.IGNORECASE)
ME = "me"
_ASK = re.compile(r"^ask\b|\bask$|\s*\?$", re.IGNORECASE)
_TO_THE = re.compile(r"^(?:to\s+)?(?:the\s+)?", re.IGNORECASE)
_NOBODY = {"nobody", "none", "-"}


def severity(text: str) -> Severity:
    """Return the severity that "S1", "sev1", "severity 1" or "1" names. Refuses anything else."""
    found = _SEVERITY.fullmatch(text.strip().lower())
    said = None if found else in_sentence(text)
    if said and said[1]:
        return said[0]
    if said:
        raise Refused(f"Do you mean {said[0]}?", Step(f"Severity {said[0]}", f"severity {said[0]}"))
    if not found:
        raise Refused(
            f"I know no severity `{quoted(text)}`. It is one of S1 (worst), S2, S3, S4: `/inc severity S2`."
        )
    return Severity(f"S{found[1]}")


def status(text: str, possible: Sequence[Status]) -> Status:
    """Return the status that is named, whatever its case and hyphens. Refuses anything else."""
    named = {role_words.letters(each): each for each in Status} | _ALSO
    if found := named.get(role_words.letters(IS.sub("", text))):
        return found
    now = f"What can follow now: {', '.join(possible)}." if possible else "Nothing can follow now."
    raise Refused(f"I know no status `{quoted(text)}`. {now}")


def role(text: str, process: Process) -> str:
    """Return the role that is named, whatever its case and spaces; one word of it, or its team's name, will
    do. Refuses anything else.
    """
    roles, wanted = process.every_role, role_words.letters(text)
    if found := next((one for one in roles if role_words.letters(one) == wanted), None):
        return found
    partly = [
        one for one in roles if wanted and any(role_words.letters(word) == wanted for word in one.split())
    ]
    if len(partly) == 1:
        return partly[0]
    if wanted and not partly and (meant := process.team_meant(text)):
        return process.teams[meant].role
    said = f"I know no role `{quoted(text)}`." if text else "Which role?"
    raise Refused(f"{said} Roles: {', '.join(roles)}.", Step("Choose a role", "role"))


def asks(text: str) -> tuple[bool, str]:
    """Say whether a role is to be asked for, as in "ask IM", "IM ask" and "IM?"; return the role as typed."""
    found = _ASK.search(text)
    return bool(found), _ASK.sub("", text).strip()


def team_first(text: str, process: Process) -> tuple[str, str]:
    """Return the team with which a text begins, the longest that is one, and the rest: "to the IM", "eoc the
    db is down". Refuses what begins with none.
    """
    parts = _TO_THE.sub("", text).split()
    for count in range(len(parts), 0, -1):
        if found := process.team_meant(" ".join(parts[:count]).rstrip(":,")):
            return found, " ".join(parts[count:])
    return team(text, process), ""


def team(text: str, process: Process) -> str:
    """Return the team that is meant. Refuses what fits none."""
    if found := process.team_meant(text):
        return found
    raise Refused(f"I know no team `{quoted(text)}`. Teams: {', '.join(process.teams)}.")


async def role_and_person(request: Request) -> tuple[str, str | None]:
    """Return the words of a role as typed, and the person after it: a mention, a name, "me", or nobody."""
    _refuse_crowd(request, "have a role", "role")
    _refuse_several(request, "/inc role IM @ana")
    words = plain_text(_MENTIONED.sub(" ", request.text))
    if words.lower().rpartition(" ")[2] in _NOBODY:
        raise Refused(
            "A role is taken from its holder by giving it to somebody else: `/inc role IM @person`. Whoever "
            "holds it can give up what they hold: `/inc leave`.",
            Step("Who does what", "roles"),
        )
    if request.mentioned:
        return words, request.mentioned
    if words.lower().endswith(f" {ME}"):
        return words[: -len(ME)].strip(), request.user
    if found := _AT_NAME.search(words):
        role_typed = words[: found.start()].strip()
        return role_typed, await called(request, found[1], f"role {role_typed or 'IM'}")
    role_typed, name = role_words.role_and_name(words, request.uow.process)
    return role_typed, await called(request, name, f"role {role_typed}") if name else None


async def lead(request: Request) -> str:
    """Return the person who is to lead. Refuses what is neither a mention, a person's name nor "me"."""
    _refuse_crowd(request, "lead", "lead")
    _refuse_several(request, "/inc lead @ana")
    if request.mentioned:
        return request.mentioned
    if request.plain.lower() == ME:
        return request.user
    return await called(request, role_words.BESIDE.sub("", request.plain))


async def reviewer(request: Request) -> str:
    """Return the person who is to own the review. Refuses words beside a mention, and several people."""
    if request.crowd:
        raise Refused(
            "A group cannot own a review: one person has to answer for it, as in `/inc review @ana`."
        )
    _refuse_several(request, "/inc review @ana")
    if request.mentioned:
        if beside := plain_text(_MENTIONED.sub(" ", request.text)).strip(" .:!"):
            raise Refused(f"I do not understand `{quoted(beside)}`. To give the review: `/inc review @ana`.")
        return request.mentioned
    if request.plain.lower() == ME:
        return request.user
    return await called(request, request.plain.removeprefix("@"), "review")


def _refuse_crowd(request: Request, what: str, command: str) -> None:
    """Refuse a group or a whole channel where one person must answer for something."""
    if request.crowd:
        example = "`/inc lead @ana`" if command == "lead" else "`/inc role IM @ana`"
        raise Refused(
            f"A group cannot {what}: one person has to answer for it. Name a person: {example}. "
            "To call whoever is on call for a team: `/inc escalate`.",
            Step("Page a team", "escalate"),
        )


def _refuse_several(request: Request, example: str) -> None:
    """Refuse several people where one has to answer for something: nobody knows which one was meant."""
    if len(set(_PEOPLE.findall(request.text))) > 1:
        raise Refused(f"One person has to answer for it. Name that one alone: `{example}`.")


async def for_whom(request: Request) -> tuple[str, str | None, str]:
    """Return what is to be done, and the person named at its end or start.

    The third is a name there that stands for no one person: it stays in the text.
    """
    raw = request.text.strip()
    if found := _LAST.search(raw) or _FIRST.search(raw):
        rest = raw[: found.start()] + raw[found.end() :]
        return plain_text(rest), found[1], ""
    text = request.plain
    if not (named := _AT_NAME.search(text)):
        return text, None, ""
    people_called = await request.uow.read(people.meant, named[1], await near(request))
    if len(people_called) == 1:
        return text[: named.start()].strip(), people_called[0], ""
    return text, None, f"@{named[1]}"


async def near(request: Request) -> list[str]:
    """Return who is in the channel of the incident: of several of one name they are meant."""
    return await request.uow.read(members.of, request.incident.id) if request.incident else []


async def called(request: Request, name: str, command: str = "lead") -> str:
    """Return the one active person whom a name means. Refuses a name of nobody, and offers several."""
    found = await request.uow.read(people.meant, name, await near(request))
    if len(found) == 1:
        return found[0]
    names = await request.uow.read(people.names, found[:MOST_OFFERED])
    steps = [Step(one[:LONGEST_LABEL], f"{command} <@{who}>") for who, one in names.items()]
    whom = "is" if not found else f"is of the {len(found)} people called so"
    raise Refused(
        f"I do not know who `{quoted(name)}` {whom}. "
        f"Mention a person and choose them from Slack's list: `/inc {command} @ana`. For yourself: "
        f"`/inc {command} me`.",
        *steps,
        Step("Choose a person", command.split(maxsplit=1)[0]),
    )


def none(request: Request, command: str) -> None:
    """Refuse words after a command that takes none: whoever typed them expects them to matter."""
    if request.plain:
        run = Step(f"/inc {command}", command)
        raise Refused(f"`/inc {command}` takes no words, and `{quoted(request.plain)}` follows it.", run)


async def incident(request: Request, *, takes: str = "nothing or an incident's number") -> Incident:
    """Return the incident whose number is typed, or else the one of this channel. Refuses other words."""
    found = _NUMBER.fullmatch(request.plain)
    if not found and bare(request.plain):
        raise Refused(f"`{quoted(request.plain)}` is no incident's number. This command takes {takes}.")
    if not found:
        return request.here
    if request.incident and request.incident.id == int(found[1]):
        return request.incident
    return await request.uow.read(incidents.visible, int(found[1]), request.user)


def numbered(text: str) -> tuple[int, str] | None:
    """Return the incident whose number begins a text, and what follows it."""
    found = _NUMBERED.match(text)
    return (int(found[1]), text[found.end() :]) if found else None


def bare_numbered(text: str) -> tuple[int, str] | None:
    """Return a number without "INC" and the one word after it, when a text is nothing else."""
    found = _BARE.fullmatch(text)
    return (int(found[1]), found[2]) if found else None


def first_number(text: str) -> tuple[int, str] | None:
    """Return the number that begins a text, with or without "INC", and what follows it."""
    first, _, rest = text.partition(" ")
    found = _NUMBER.fullmatch(first.rstrip(":,"))
    return (int(found[1]), rest.strip()) if found else None


def bare(text: str) -> str:
    """Return a text, or nothing where it only says "it", "this incident" or "now please"."""
    return "" if _NOISE.issuperset(text.lower().strip(" .!").split()) else text


def is_number(text: str) -> bool:
    """Say whether a text is an incident's number and nothing else."""
    return bool(_NUMBER.fullmatch(text))


def quoted(text: str) -> str:
    return text.replace("`", "'")[:60]
