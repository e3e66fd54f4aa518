"""Near misses: one is noted outside an incident's channel; within, the incident turns into one, and back."""

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Draft, Incident, Severity, Status
from bot.domain.incidents.near_miss import REAL
from bot.domain.incidents.severity_words import graded
from bot.operations.incidents.near_miss import may_note_near_miss, note_near_miss, turn_real
from bot.operations.paging.engaged import told_of
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents import near_miss as view_of
from bot.views.incidents.declare import Origin
from bot.views.incidents.declare_as import Asked, Sort
from bot.views.incidents.state import typed
from handlers import words
from handlers.incidents.declare import at_once, named
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import incidents, pages

_NO_MISS = ("real", "off", "no")


async def near_miss(request: Request) -> None:
    """Note a near miss; of this channel's incident say that it was one, or is an incident after all."""
    word, _, reason = request.plain.partition(" ")
    real = word.lower() in _NO_MISS
    named = words.numbered(reason.lstrip()) if real else None
    if named and (word.lower() == REAL or not named[1]):  # "no INC-2 alert came" is a name
        await _turn(request, await _named(request, *named), named[1].strip())
        return
    if real and not reason:
        await _turn(request, request.here, "")
        return
    if not request.incident:
        await _declare(request)
        return
    if real:
        await _turn(request, request.incident, reason)
        return
    incident = await request.uow.read(may_note_near_miss, request.incident.id, by=request.user)
    if not request.plain:
        await request.open(view_of.form(incident))
        return
    why, owner, unknown = await words.for_whom(request)
    why = f"{why} {unknown}".strip()
    noted = await request.once(note_near_miss, incident.id, why, by=request.user, owner=owner or "")
    await request.answer(view_of.noted(noted or incident))


async def _named(request: Request, number: int, reason: str) -> Incident:
    """Return the incident whose number follows the word. Refuses it in another one's channel."""
    here = request.incident
    if here and here.id != number:
        raise Refused(
            f"This is the channel of INC-{here.id}, and you named INC-{number}. Which one do you mean?",
            *(Step(f"INC-{one}", f"nearmiss {REAL} {reason}".strip(), one) for one in (number, here.id)),
        )
    return await request.uow.read(incidents.visible, number, request.user)


async def _declare(request: Request) -> None:
    """Note what is typed, if that says how bad it would have been; else open the form with it."""
    text, owner, unknown = await words.for_whom(request)
    severity, rest = graded(f"{text} {unknown}" if unknown else text, sure=True)
    name, private = named(rest)
    kind = next(iter(request.uow.process.types.values()))
    draft = Draft(
        name=name,
        type=kind.name,
        severity=severity or Severity.S3,
        private=private or kind.private,
        near_miss=True,
        owner=owner or "",
    )
    origin = Origin(request.response_url, sort=Sort.NEAR_MISS)
    whole = bool(severity and name and not unknown)
    await at_once(request, draft, origin, Asked(owner=owner or ""), whole=whole)


@answers_in_form(view_of.REASON)
async def submitted(form: Submission) -> None:
    await form.once(note_near_miss, form.number, typed(form.entered, view_of.REASON), by=form.user)
    await form.close()


@of_incident
async def turned_real(request: Request) -> None:
    await _turn(request, request.here, "")


async def _turn(request: Request, incident: Incident, reason: str) -> None:
    await request.once(turn_real, incident.id, reason, by=request.user)
    turned = await request.uow.read(incidents.visible, incident.id, request.user)
    pending = await request.uow.read(pages.pending_of, incident.id)
    engaged = await request.uow.read(told_of, turned, by=request.user)
    await request.answer(view_of.turned(turned, pending, engaged))


def _may_be(incident: Incident, viewer: str) -> bool:
    """Offer it while it is open, to who may say so; the command works after it was resolved too."""
    could = not incident.near_miss and not incident.drill and incident.status.open
    return could and (incident.status is Status.TRIAGE or incident.lead == viewer)


def _is(incident: Incident, viewer: str) -> bool:
    return incident.near_miss and unless_gone(incident, viewer) and incident.status is not Status.CLOSED


FEATURE = Feature(
    subcommands=(
        Subcommand(
            near_miss,
            usage="nearmiss [S1..S4] [name or reason] [@owner]",
            brief="it might have done harm",
            help="Note a near miss, with the severity that it would have had: nobody is paged, nothing is "
            "blocked, and it is reviewed like that. Who notices it owns it, or the person named. In an "
            f"incident's channel: this was one, and why; `{REAL}` makes it an incident, and pages.",
            example="/inc nearmiss S2 The backups were off for a week",
            place=(Group.MOVE, 67),
            aliases=("near-miss",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(near_miss)),
        Listener("action", view_of.TURN_REAL, turned_real),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(
        PanelButton((Row.PEOPLE, 42), opens("It was a near miss", view_of.OPEN), _may_be),
        PanelButton((Row.PEOPLE, 43), view_of.turn_real, _is),
    ),
)
