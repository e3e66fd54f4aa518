"""Practice: an incident with real buttons and deadlines that calls only the people who were chosen."""

import re
from collections.abc import Sequence

from bot.domain.errors import NotThem, Refused, Step
from bot.domain.incidents.incident import Draft, Incident, Severity
from bot.domain.incidents.severity_words import graded
from bot.domain.process import Process
from bot.operations.incidents.practice import take_part
from bot.views.blocks import button
from bot.views.commands import Group, PanelButton, Row, Subcommand
from bot.views.incidents import practice as view_of
from bot.views.incidents.declare import Origin
from bot.views.incidents.declare_as import Asked, Sort
from handlers import words
from handlers.incidents.declare import at_once, named
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request, plain_text
from storage import incidents, people
from storage.transaction import Tx

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_UNKNOWN = re.compile(r"@[\w.-]+")
_NAME = "Practice"
TAKE_PART = "practice_take_part"


async def test(request: Request) -> None:
    """Begin to practise with the people named; in practice's own channel let them take part in that."""
    chosen, text = await _people(request)
    if request.crowd:
        raise Refused("A group cannot take part: name each person, as in `/inc test @ana @ben`.")
    if request.incident and request.incident.drill and chosen:
        await _join(request, request.incident, chosen)
        return
    severity, rest = graded(text, sure=True)
    name, private = named(rest)
    kind = _kind(request.uow.process)
    draft = Draft(
        name=name or (_NAME if chosen else ""),
        type=kind,
        severity=severity or Severity.S2,
        private=private or request.uow.process.types[kind].private,
        practice=chosen,
        unannounced=True,
    )
    origin = Origin(request.response_url, sort=Sort.PRACTICE)
    await at_once(request, draft, origin, Asked(people=chosen or (request.user,)), whole=bool(chosen))


async def tutorial(request: Request) -> None:
    """Begin to practise alone, with a message that says what comes next."""
    words.none(request, "tutorial")
    if going_on := await request.uow.read(_going_on, request.user, f"command:{request.trigger_id}"):
        raise Refused(
            f"Your tutorial INC-{going_on.id} goes on: my direct message says what comes next. To begin "
            "anew, end it first.",
            Step("How it stands", "", going_on.id),
            Step("End it", "cancel To begin anew", going_on.id),
        )
    kind = _kind(request.uow.process)
    draft = Draft(
        name="My first incident",
        type=kind,
        severity=Severity.S3,
        private=request.uow.process.types[kind].private,
        practice=(request.user,),
        unannounced=True,
        tutorial=True,
    )
    origin = Origin(request.response_url, sort=Sort.PRACTICE)
    try:
        await at_once(request, draft, origin, Asked(people=(request.user,)), whole=True)
    except NotThem:  # "choose a member" is no help to somebody who chose nobody
        raise Refused(
            "The tutorial practises the work of whoever is called, which guests do not do here. Somebody who "
            "is no guest can begin it: `/inc tutorial`."
        ) from None


def _going_on(tx: Tx, who: str, form: str) -> Incident | None:
    """Return somebody's tutorial that is open, unless Slack delivers the command again that began it."""
    return None if incidents.of_form(tx, form) else incidents.tutorial_of(tx, who)


@of_incident
async def part_taken(request: Request) -> None:
    await _join(request, request.here, (request.user,))


async def _join(request: Request, incident: Incident, chosen: Sequence[str]) -> None:
    for person in chosen:
        incident = await request.uow.perform(take_part, incident.id, person, by=request.user)
        await request.answer(view_of.took_part(incident, person))


async def _people(request: Request) -> tuple[tuple[str, ...], str]:
    """Return who is mentioned, or "me", and the rest of the text."""
    found = [one[1] for one in _MENTION.finditer(request.text)]
    text = plain_text(_MENTION.sub(" ", request.text))
    first, _, rest = text.partition(" ")
    if first.lower() == words.ME:
        found, text = [request.user, *found], rest
    while name := _UNKNOWN.match(text):  # "@chen" that was not chosen from Slack's list
        called = [] if request.crowd else await request.uow.read(people.meant, name[0])
        if len(called) != 1 and not request.crowd:
            raise Refused(
                f"I do not know who `{words.quoted(name[0])}` is, or their account is deactivated. Mention a "
                "person and choose them from Slack's list."
            )
        found, text = [*found, *called], text[name.end() :].strip()
    return tuple(dict.fromkeys(found)), text


def _kind(process: Process) -> str:
    """Return the type that is meant for practice, else the first one."""
    return next((one.name for one in process.types.values() if one.drill), next(iter(process.types)))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            test,
            usage="test [@people or me] [S1..S4] [name]",
            brief="practise an incident",
            help="Practise with the people named: all is as in an incident, with real buttons and deadlines, "
            "but only they are paged, at every level. Every text begins with DRILL; lists leave it out "
            "(`/inc list drills`). In its channel, add somebody: `/inc test @person`.",
            example="/inc test @ana @ben S1 Database is down",
            place=(Group.PEOPLE, 62),
            aliases=("gameday", "practice", "practise", "drill"),
            of_incident=True,
        ),
        Subcommand(
            tutorial,
            usage="tutorial",
            brief="learn it step by step",
            help="Learn how an incident goes: one for practice in which only you are paged, and a message "
            "that says what comes next.",
            example="/inc tutorial",
            place=(Group.PEOPLE, 63),
            of_incident=False,
        ),
    ),
    listeners=(Listener("action", TAKE_PART, part_taken),),
    buttons=(
        PanelButton(
            (Row.PEOPLE, 48),
            lambda incident: button("Take part", TAKE_PART, incident.id),
            lambda incident, viewer: (
                incident.drill and incident.status.open and viewer not in incident.practice
            ),
        ),
    ),
)
