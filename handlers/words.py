"""Severities, statuses, roles, people and incidents, as somebody types them after a command."""

import re
from collections.abc import Sequence

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.severity_words import in_sentence
from bot.domain.process import Process
from handlers.request import Request, plain_text
from storage import incidents, members, people

_SEVERITY = re.compile(r"(?:s|sev|severity|p)?[\s:_-]*([1-4])")
_NUMBER = re.compile(r"(?:inc[\s-]?|#)?(\d{1,9})", re.IGNORECASE)
_NUMBERED = re.compile(r"inc-?(\d{1,9})[:,]?(?:\s+|$)", re.IGNORECASE)
_BARE = re.compile(r"#?(\d{1,9})[:,]?\s+(\w+)", re.ASCII)
"""A number and one word, as in "6 ack"."""
_PEOPLE = re.compile(r"<@([UW][A-Z0-9]+)")
_MENTIONED = re.compile(r"<@[^>]*>")
_LAST = re.compile(r"\s*<@([UW][A-Z0-9]+)(?:\|[^>]*)?>[.!]?$")
_FIRST = re.compile(r"^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>[:,]?\s*")
_AT_NAME = re.compile(r"(?:^|\s)@([^@]+)$")
"""A name that was typed without being chosen from Slack's list: it comes as text."""
_BESIDE = re.compile(r"^(?:@|(?:to|is|for|=|:)\s+@?|[=:]\s*@?)", re.IGNORECASE)
_BESIDE_LAST = re.compile(r"^@|\s+(?:as|is|for|takes|the)$", re.IGNORECASE)
_AFTER_ROLE = re.compile(r"(?:\s+(?:to|is|for|=)|:)?\s+(?:me$|<@|@\S)|\s*\?$|\s+ask$", re.IGNORECASE)
"""What stands after a role that is meant as one: a person, or a question."""
MOST_OFFERED = 4
LONGEST_LABEL = 60
_NOT_A_LETTER = re.compile(r"[\W_]+")
_ALSO = {"canceled": Status.CANCELLED, "mitigated": Status.MONITORING, "review": Status.POST_INCIDENT}
ME = "me"
_ASK = re.compile(r"^ask\b|\bask$|\s*\?$", re.IGNORECASE)
_ROLES = {"imoc": "im", "incidentmanager": "im", "engineeroncall": "eoc", "oncallengineer": "eoc"}
"""What people call some roles, and what that is here."""
_LEAD = {"lead", "incidentlead", "dri"}
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
    named = {_letters(each): each for each in Status} | _ALSO
    if found := named.get(_letters(text)):
        return found
    now = f"What can follow now: {', '.join(possible)}." if possible else "Nothing can follow now."
    raise Refused(f"I know no status `{quoted(text)}`. {now}")


def role(text: str, process: Process) -> str:
    """Return the role that is named, whatever its case and spaces; one word of it, or its team's name, will
    do. Refuses anything else.
    """
    roles, wanted = process.every_role, _letters(text)
    if found := next((one for one in roles if _letters(one) == wanted), None):
        return found
    partly = [one for one in roles if wanted and any(_letters(word) == wanted for word in one.split())]
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


def means_lead(text: str) -> bool:
    """Say whether a role that is typed is the incident's lead, which is none of them."""
    return _letters(text) in _LEAD


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
    role_typed, name = _role_and_name(words, request.uow.process)
    return role_typed, await called(request, name, f"role {role_typed}") if name else None


def _role_and_name(words: str, process: Process) -> tuple[str, str]:
    """Return the words of a role and the name beside it, typed without "@": "CMOC chen", "chen as CMOC"."""
    ask, typed = ("ask ", words[4:]) if words.lower().startswith("ask ") else ("", words)
    if is_role(typed.rstrip(" ?"), process) or means_lead(typed):
        return words, ""
    parts = typed.split()
    for count in range(len(parts) - 1, 0, -1):
        head, tail = " ".join(parts[:count]), " ".join(parts[count:])
        if is_role(head, process) or means_lead(head):
            return ask + head, _BESIDE.sub("", tail).rstrip(" ?")
    for count in range(1, len(parts)):
        head, tail = " ".join(parts[:count]), " ".join(parts[count:])
        if is_role(tail, process):
            return ask + tail, _BESIDE_LAST.sub("", head)
    return words, ""


def is_role(text: str, process: Process) -> bool:
    """Say whether a text is a role's name, whatever its case and spaces, or one of its usual names."""
    return bool(known_role(text, process))


def known_role(text: str, process: Process) -> str | None:
    letters = _letters(text)
    letters = _ROLES.get(letters, letters)
    return next((one for one in process.every_role if letters and _letters(one) == letters), None)


def role_command(text: str, process: Process) -> str | None:
    """Return what `/inc role` is to be given for a role that is typed as if it were a command: "im",
    "im me", "IM @sam", "im?".
    """
    found = _AFTER_ROLE.search(text)
    head, tail = (text[: found.start()], text[found.start() :]) if found else (text, "")
    role = known_role(plain_text(head), process)
    return f"{role} {_BESIDE.sub('', tail.strip())}".strip() if role else None


async def lead(request: Request) -> str:
    """Return the person who is to lead. Refuses what is neither a mention, a person's name nor "me"."""
    _refuse_crowd(request, "lead", "lead")
    _refuse_several(request, "/inc lead @ana")
    if request.mentioned:
        return request.mentioned
    if request.plain.lower() == ME:
        return request.user
    return await called(request, _BESIDE.sub("", request.plain))


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
    if not found and request.plain:
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


def is_number(text: str) -> bool:
    """Say whether a text is an incident's number and nothing else."""
    return bool(_NUMBER.fullmatch(text))


def _letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", text.lower())


def quoted(text: str) -> str:
    return text.replace("`", "'")[:60]
