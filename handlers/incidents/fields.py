"""Custom fields: by their form, or in one line."""

from collections.abc import Sequence

from bot.domain.errors import Refused, Step
from bot.domain.incidents.fields import (
    EMPTY,
    EXTERNALLY_FACING,
    FieldKind,
    FieldType,
    letters,
    taking_fields,
    value,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.undoing import Thing
from bot.operations.incidents import timers
from bot.operations.incidents.fields import fields_for, set_fields
from bot.operations.incidents.ownership import would_lead
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents import fields as view_of
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from handlers.undoable import answered, confirmed
from handlers.words import ME
from storage import incidents


async def field(request: Request) -> None:
    """Set the field that is typed to the value after it, or open the form."""
    incident = taking_fields(request.here)
    known = await request.uow.read(fields_for, incident)
    if not known:
        raise Refused("There are no custom fields: the operator writes them into `muster.yml`.")
    found, typed = _meant(request.plain, [one for one, _ in known])
    if not found or not typed:
        await request.open(view_of.form(incident, known))
        return
    if found.kind is FieldKind.PERSON:
        typed = request.mentioned or (request.user if typed.lower() == ME else typed)
    kept = _value(found, typed, incident)
    await request.once(set_fields, incident.id, {found.name: kept}, by=request.user)
    led = await _would_lead(request, incident, found.name)
    shown = view_of.now(incident, found, kept, viewer=request.user, would_lead=led)
    await answered(request, incident, shown, Thing.FIELD)


async def _would_lead(asked: Request | Submission, incident: Incident, *names: str) -> str:
    """Return who would lead by their role, where one of these fields has a say in that."""
    if EXTERNALLY_FACING not in names:
        return ""
    return await asked.uow.read(would_lead, incident.id, by=asked.user)


def _value(field: FieldType, typed: str, incident: Incident) -> str:
    """Return a value as it is kept; a refusal offers the form, or what it offers itself."""
    try:
        return value(field, typed)
    except Refused as refused:
        form = Step("Fill in the form", "field", incident.id)
        raise Refused(str(refused), *(refused.steps or (form,))) from None


def _meant(text: str, known: Sequence[FieldType]) -> tuple[FieldType | None, str]:
    """Return the field that a text begins with, by its name or a word of it alone, and what follows it."""
    typed = text.split()
    for count in range(len(typed), 0, -1):
        if typed[count - 1] == EMPTY:
            continue  # it empties the field, and is no part of its name
        name = letters("".join(typed[:count]))
        if found := next((one for one in known if letters(one.name) == name), None):
            return found, " ".join(typed[count:])
    if not typed:
        return None, ""
    word = letters(typed[0])
    begun = [one for one in known if word in {*map(letters, one.name.split())}]
    if len(begun) != 1:
        there, said = ", ".join(one.name for one in known), typed[0][:60].replace("`", "")
        raise Refused(
            f"I know no field `{said}`. Fields: {there}. All at once: `/inc field`.",
            Step("Show the fields", "field"),
        )
    return begun[0], " ".join(typed[1:])


@answers_in_form("")
async def submitted(form: Submission) -> None:
    """Store what was changed, once."""
    incident = await form.uow.read(incidents.visible, form.number, form.user)
    known = await form.uow.read(fields_for, incident)
    found, wrong = view_of.entered(form.entered, [one for one, _ in known])
    if wrong:
        await form.wrong(wrong)
        return
    await form.once(set_fields, incident.id, found, by=form.user)
    led = await _would_lead(form, incident, *found)
    shown = view_of.all_now(incident, [one for one, _ in known], found, viewer=form.user, would_lead=led)
    await (confirmed(form, incident, shown, Thing.FIELD) if found else form.close())


@of_incident
async def stopped(request: Request) -> None:
    """Ask nobody for required fields any more."""
    incident = await request.uow.perform(timers.stop, request.number, TimerKind.FIELDS, by=request.user)
    await request.answer(view_of.stopped(incident))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            field,
            usage="field [name] [value]",
            brief="set a custom field",
            help="Set a custom field of the incident: Blocks Deployments, Customer impact, and others. "
            "`-` empties it.",
            example="/inc field blocks-deployments yes",
            place=(Group.INFORM, 55),
            aliases=("fields",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(field)),
        Listener("action", view_of.STOP, stopped),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.FACTS, 60), opens("Fields", view_of.OPEN), unless_gone),),
)
