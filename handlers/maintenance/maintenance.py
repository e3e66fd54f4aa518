"""`/inc maintenance`: planned in one line or by the form, listed, and taken on by commands and buttons."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import Refused, Step
from bot.domain.maintenance import typed as typed_rules
from bot.domain.maintenance.maintenance import Criticality, Maintenance, Plan
from bot.operations.maintenance.planning import (
    cancel_maintenance,
    change_maintenance,
    end_maintenance,
    extend_maintenance,
    known_maintenance,
    known_maintenances,
    plan_by_line,
    plan_maintenance,
    publish_maintenance,
    publishable_maintenance,
    start_maintenance,
)
from bot.operations.oncall.rota import zone_of
from bot.views.commands import Group, Subcommand
from bot.views.incidents.state import typed
from bot.views.maintenance import maintenance as view
from bot.views.maintenance import plan_form, public_form
from handlers.maintenance import entered, relating
from handlers.pressed import pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, answer, as_read
from storage import public_maintenances
from storage.transaction import Tx

_ACT = re.compile(
    r"(start|extend|end|cancel|edit|publish)\b(?:\s+(?:MNT-?|#)?(\d{1,9}))?(?:\s+(.*))?",
    re.IGNORECASE | re.DOTALL,
)
_NEW = re.compile(r"^(?:new|plan)\b\s*", re.IGNORECASE)
_NUMBER = re.compile(r"(?:MNT-?|#)?(\d{1,9})", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"^(MNT-?\d{1,9})\s+(start|extend|end|cancel|edit|publish)\b", re.IGNORECASE)
_LIST = re.compile(r"list", re.IGNORECASE)
HALF_AN_HOUR = timedelta(minutes=30)


async def maintenance(request: Request) -> None:
    """Plan what was typed, do with one what the first word says, or list what there is."""
    raw = _NUMBER_FIRST.sub(r"\2 \1", request.text.strip())
    if found := relating.meant(request):
        await relating.relate_by_command(request, found)
        return
    request = replace(request, of_incident=False)  # a plan is no drill, wherever it is typed
    if act := _ACT.fullmatch(raw):
        await _ACTS[act[1].lower()](request, int(act[2]) if act[2] else None, act[3] or "")
    elif not raw or _LIST.fullmatch(raw):
        await _show(request)
    elif one := _NUMBER.fullmatch(raw):
        seen = await request.uow.read(known_maintenance, int(one[1]), by=request.user)
        await request.answer(view.answered(seen, f"is {seen.state}."))
    else:
        await _plan(request, _NEW.sub("", raw, count=1))


async def _show(request: Request) -> None:
    found = await request.uow.read(known_maintenances, by=request.user)
    await request.answer(view.listing(found))


async def _plan(request: Request, text: str) -> None:
    """Plan what the words say; where the name or the time is missing, the form asks for it."""
    await request.uow.read(known_maintenances, by=request.user)  # who may plan nothing is offered no form
    said = await entered.read(request, text)
    if not said.typed.name or not said.typed.window:
        await request.open(await entered.form(request, said))
        return
    if not said.typed.criticality:
        steps = (Step(one, f"maintenance new {one} {text}") for one in Criticality)
        raise Refused("How critical is it? C1 is a very high risk, C4 a low one.", *steps)
    plan = Plan(
        name=said.typed.name,
        criticality=said.typed.criticality,
        window=said.typed.window,
        owner=said.owner or request.user,
        people=said.people,
        services=said.typed.services,
        links=said.typed.links,
        holds=said.typed.holds,
    )
    if planned := await request.once(plan_by_line, plan, by=request.user):
        made, twice = planned
        how = "is planned." if not made.running else "has begun."
        await request.answer(view.answered(made, "is planned already, by you." if twice else how))


async def _edit(request: Request, number: int | None, text: str) -> None:
    """Change what the words name, or open the form with the whole plan."""
    seen = await _one(request, number, "edit")
    if not text:
        await request.open(plan_form.of_plan(seen))
        return
    plan = (await entered.read(request, text, named=True)).over(seen)
    changed = await request.once(change_maintenance, seen.id, plan, by=request.user)
    if changed:
        await request.answer(view.answered(changed, "is changed."))


async def _start(request: Request, number: int | None, text: str) -> None:
    seen = await _one(request, number, "start", text)
    begun = await request.uow.perform(start_maintenance, seen.id, by=request.user)
    await request.answer(view.answered(begun, "has begun."))


async def _extend(request: Request, number: int | None, text: str) -> None:
    """Let it end as much later as is typed; the number is of the maintenance only where a time follows."""
    if number is not None and re.match(r"(?:m|h|d|:|am|pm)", text.lower()):
        number, text = None, f"{number} {text}"
    seen = await _one(request, number, "extend")
    zone, now = await request.uow.read(zone_of, request.user), request.uow.clock.now()
    if not text:
        steps = (Step(f"{one} min more", f"maintenance extend {seen.id} {one}m") for one in (30, 60))
        raise Refused(f"By how much longer does MNT-{seen.id} take? {typed_rules.HOW_LONG}", *steps)
    until = typed_rules.later(text, seen.ends_at, zone, now)
    later = await request.once(extend_maintenance, seen.id, until, by=request.user)
    if later:
        await request.answer(view.answered(later, "is extended."))


async def _end(request: Request, number: int | None, text: str) -> None:
    seen = await _one(request, number, "end", text)
    over = await request.uow.perform(end_maintenance, seen.id, by=request.user)
    await request.answer(view.answered(over, "is over."))


async def _cancel(request: Request, number: int | None, text: str) -> None:
    seen = await _one(request, number, "cancel")
    off = await request.uow.perform(cancel_maintenance, seen.id, entered.plain(text), by=request.user)
    await request.answer(view.answered(off, "is cancelled."))


async def _publish(request: Request, number: int | None, text: str) -> None:
    """Have the status page say what customers are to know of one."""
    seen = await _one(request, number, "publish")
    by, sure = request.user, request.confirmed
    if not text:
        one, said = await request.uow.read(_publishable, seen.id, by)
        await request.open(public_form.form(one, said))
        return
    await request.once(publish_maintenance, seen.id, as_read(text), by=by, sure=sure)
    await request.answer(view.answered(seen, "is on the status page, with what you wrote."))


def _publishable(tx: Tx, number: int, by: str) -> tuple[Maintenance, str]:
    """Return the maintenance, and what customers read of it so far."""
    said = public_maintenances.of(tx, number)
    return publishable_maintenance(tx, number, by=by), said.text if said else ""


@answers_in_form(public_form.TEXT)
async def told_customers(form: Submission) -> None:
    """Have the status page say what was written."""
    text = typed(form.entered, public_form.TEXT)
    await form.once(publish_maintenance, form.number, text, by=form.user, sure=form.sure)
    await form.close()


_ACTS: dict[str, Callable[[Request, int | None, str], Awaitable[None]]] = {
    "edit": _edit,
    "start": _start,
    "extend": _extend,
    "end": _end,
    "cancel": _cancel,
    "publish": _publish,
}


async def _one(request: Request, number: int | None, word: str, more: str = "") -> Maintenance:
    """Return the maintenance of a number, or the only one that is meant. Asks where there are several."""
    if more:
        raise Refused(
            f"`/inc maintenance {word}` takes a number alone. To plan one of that name, write it in quotes."
        )
    if number is not None:
        return await request.uow.read(known_maintenance, number, by=request.user)
    found = await request.uow.read(known_maintenances, by=request.user)
    wanted = {"start": (False,), "cancel": (False,), "extend": (True,), "end": (True,)}.get(word)
    meant = [one for one in found if not wanted or one.running in wanted]
    if len(meant) == 1:
        return meant[0]
    if not meant:
        which = "running" if wanted == (True,) else "planned"
        raise Refused(f"No maintenance is {which}. `/inc maintenance` lists them.", *_LISTED)
    steps = (Step(f"MNT-{one.id}", f"maintenance {word} {one.id}") for one in meant[:5])
    raise Refused("Which maintenance do you mean?", *steps)


_LISTED = (Step("Show them", "maintenance"),)


@pressed
async def new_pressed(request: Request) -> None:
    """Open the empty form."""
    await _plan(request, "")


@pressed
async def edit_pressed(request: Request) -> None:
    seen = await request.uow.read(known_maintenance, request.number, by=request.user)
    await request.open(plan_form.of_plan(seen))


@pressed
async def start_pressed(request: Request) -> None:
    begun = await request.uow.perform(start_maintenance, request.number, by=request.user)
    await _after(request, begun, "has begun.")


@pressed
async def end_pressed(request: Request) -> None:
    over = await request.uow.perform(end_maintenance, request.number, by=request.user)
    await _after(request, over, "is over.")


@pressed
async def cancel_pressed(request: Request) -> None:
    off = await request.uow.perform(cancel_maintenance, request.number, "", by=request.user)
    await _after(request, off, "is cancelled.")


def _extend_pressed(by: timedelta) -> Callable[..., Awaitable[None]]:
    async def extend_pressed(request: Request) -> None:
        """Let it end later than planned, or than now if that has passed."""
        seen = await request.uow.read(known_maintenance, request.number, by=request.user)
        until = max(seen.ends_at, request.uow.clock.now()) + by
        later = await request.once(extend_maintenance, seen.id, until, by=request.user)
        if later:
            await _after(request, later, "is extended.")

    return pressed(extend_pressed)


async def _after(request: Request, now: Maintenance, said: str) -> None:
    """Show the list anew where it was pressed in private; else say beside the message what was done."""
    if request.in_private:
        await _show(request)
    else:
        await answer(request.respond, view.answered(now, said))


@answers_in_form(plan_form.FIRST, person=plan_form.OWNER)
async def submitted(form: Submission) -> None:
    """Plan what was entered, or change the plan."""
    plan, number = plan_form.entered(form.entered), plan_form.changed_one(form.metadata)
    if isinstance(plan, dict):
        await form.wrong(plan)
        return
    if number is None:
        await form.once(plan_maintenance, plan, by=form.user)
    else:
        await form.once(change_maintenance, number, plan, by=form.user)
    await form.close()


FEATURE = Feature(
    subcommands=(
        Subcommand(
            maintenance,
            usage="maintenance [name] [C1..C4] [when] [owner @person]",
            brief="plan maintenance",
            help="Plan maintenance in one line: its name in quotes, C1 to C4, from when until when; and if "
            "you like `owner` and `with` people, `services`, links. Alone it lists what is running and "
            "planned. `/inc maintenance start 3`, `extend 3 30m`, `end 3`, `cancel 3` and `edit 3` take the "
            "number of one; `publish 3 <text>` tells customers on the status page. In an incident's channel "
            "`/inc maintenance related yes` (or `no`) says whether it has to do with what is running: then "
            "the owner is its IM, else its people leave the shared call. Times are those of your Slack.",
            example='/inc maintenance "Upgrade PostgreSQL" C1 tomorrow 09:00-11:00 owner @ana services api',
            place=(Group.PEOPLE, 57),
        ),
    ),
    listeners=(
        Listener("action", view.NEW, new_pressed),
        Listener("action", view.EDIT, edit_pressed),
        Listener("action", view.START, start_pressed),
        Listener("action", view.END, end_pressed),
        Listener("action", view.CANCEL, cancel_pressed),
        *(
            Listener("action", one, _extend_pressed(timedelta(minutes=minutes)))
            for one, minutes in view.MINUTES.items()
        ),
        *relating.LISTENERS,
        Listener("view", plan_form.FORM, submitted),
        Listener("view", public_form.FORM, told_customers),
    ),
)
