"""Answering a page: by its buttons, or by `/inc ack`."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.paging.pages import Page
from bot.operations.incidents import weekend
from bot.operations.paging.acknowledge import NotYours, acknowledge, acknowledge_incident
from bot.operations.paging.calling import pressed as pressed_at
from bot.operations.paging.escalate import escalatable, escalate_now
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.commands import Group, Subcommand
from bot.views.incidents import card
from bot.views.paging import digest
from bot.views.paging import page as view_of
from handlers import role_words, words
from handlers.incidents.ownership import lead, role
from handlers.pressed import of_incident, pressed
from handlers.request import Feature, Listener, Request, answer
from storage import incidents, pages
from storage.transaction import Tx

_ARTICLES = re.compile(r"^(?:the|over)\s+|\s+(?:role|over)$", re.IGNORECASE)
_PAGE = frozenset({"page", "it", "over", "this"})
_DIRECT = "D"
"""What the ids of direct messages begin with."""


async def ack_here(request: Request) -> None:
    """Answer the page that calls this person, here or anywhere; else offer one that calls another."""
    request = request if words.bare(request.plain) else replace(request, text="")  # "ack it"
    here = await words.incident(request) if request.plain else request.incident
    shown = await _answered_here(request.uow, here, request.user) if here else None
    if shown or request.plain:  # with its number typed, no page of another incident is meant
        await request.answer(shown or view_of.none_waiting(here))
        return
    mine = await request.uow.read(pages.pending_for, request.user)
    if not mine:
        await request.answer(await _moved_on(request) or view_of.none_waiting(here))
    elif len({page.incident or -page.id for page in mine}) == 1:
        page = await request.uow.perform(acknowledge, mine[0].id, by=request.user)
        await request.answer(await _thanks(request.uow, page, request.user))
    else:
        found = [(page, await request.uow.read(_incident, page, request.user)) for page in mine]
        last = [one.id for one in mine if not await request.uow.read(escalatable, one, request.user)]
        await request.answer(view_of.choice(found, request.user, last))


async def take(request: Request) -> None:
    """Take the page of an incident that waits; where none does, its lead. A role that is named is taken."""
    what = _ARTICLES.sub("", request.plain).strip()
    if role_words.means_lead(what):
        await lead(replace(request, text=words.ME))
        return
    if role_words.is_role(what, request.uow.process):
        await role(replace(request, text=f"{what} {words.ME}"))
        return
    if what.lower() in _PAGE:
        request = replace(request, text="")
    here = await words.incident(request, takes="nothing, a role or an incident's number")
    if shown := await _answered_here(request.uow, here, request.user):
        await request.answer(shown)
    else:
        await lead(replace(request, text=words.ME, incident=here))


async def _moved_on(request: Request) -> Message | None:
    """Answer what has moved on past this person, wherever they are; of several, offer which."""
    uow, user = request.uow, request.user
    passed = await uow.read(incidents.passed, user)
    if len(passed) == 1:
        return await _answered_here(uow, passed[0], user)
    waiting = [(page, one) for one in passed for page in await uow.read(pages.pending_of, one.id)]
    return view_of.choice(waiting, user) if waiting else None


@of_incident
async def acknowledged_on_card(request: Request) -> None:
    """Answer the page of this incident that calls whoever presses; else offer one that calls another."""
    shown = await _answered_here(request.uow, request.here, request.user)
    await request.answer(shown or view_of.none_waiting(request.here))


async def _answered_here(uow: UnitOfWork, here: Incident, user: str) -> Message | None:
    """Answer somebody's page of an incident, or offer those of others; None where no page waits."""
    if answered := await uow.perform(acknowledge_incident, here.id, by=user):
        return await _thanks(uow, answered, user)
    others = await uow.read(pages.pending_of, here.id)
    return view_of.choice([(page, here) for page in others], user) if others else None


@pressed
async def acknowledged(request: Request) -> None:
    """Answer a page, or offer to take one that calls somebody else."""
    try:
        page = await request.uow.perform(acknowledge, request.number, by=request.user)
    except NotYours as refused:
        await answer(request.respond, view_of.offer(refused.page))
        return
    finally:
        redrawn = await _keep(request)
    if not redrawn or page.digested:
        await request.answer(await _thanks(request.uow, page, request.user))


@pressed
async def acknowledged_all(request: Request) -> None:
    """Answer each page that waits in a digest; one that is refused stops none of the others."""
    uow, by = request.uow, request.user
    answered: list[Page] = []
    left: list[Page] = []
    for page, _ in await uow.read(pages.digested, by):
        if page.id > request.number or page.incident in {one.incident for one in answered if one.incident}:
            continue  # one answer stands for all pages of an incident
        try:
            answered.append(await uow.perform(acknowledge, page.id, by=by))
        except Refused:
            left.append(page)
    with suppress(Refused):
        await _keep(request)
    can_wait = await uow.read(_that_can_wait, answered, by)
    above = sum(not page.digested for page in await uow.read(pages.pending_for, by))
    await request.answer(digest.acknowledged(answered, left, can_wait, above=above))


@pressed
async def taken(request: Request) -> None:
    """Answer a page instead of the person it calls; the button asked for the confirmation."""
    page = await request.uow.perform(acknowledge, request.number, by=request.user, taking=True)
    await request.answer(await _thanks(request.uow, page, request.user))


@pressed
async def escalated(request: Request) -> None:
    """Call the next level without waiting."""
    try:
        page = await request.uow.perform(escalate_now, request.number, by=request.user)
    finally:
        await _keep(request)
    await request.answer(view_of.moved(page))


async def _keep(request: Request) -> bool:
    """Remember where the pressed message is; say whether it is the page itself, which is redrawn."""
    uow, number, by = request.uow, request.number, request.user
    page = await uow.read(pages.visible, number, by)
    where = request.body.get("container") or {}
    channel, ts = str(where.get("channel_id") or ""), str(where.get("message_ts") or "")
    direct = channel.startswith(_DIRECT) and not request.in_private
    if direct and page.notification and page.notification.ts != ts:
        await uow.perform(pressed_at, number, channel, ts, by=by)
        page = await uow.read(pages.visible, number, by)
    return page.notification is not None and page.notification.ts == ts


async def _thanks(uow: UnitOfWork, page: Page, by: str) -> Message:
    incident = await uow.read(_incident, page, by)
    can_wait = incident is not None and await uow.read(weekend.can_wait, incident, by)
    return view_of.answered(page, incident, can_wait=can_wait)


def _that_can_wait(tx: Tx, answered: Sequence[Page], by: str) -> list[Incident]:
    numbers = dict.fromkeys(page.incident for page in answered if page.incident)
    found = (incidents.visible(tx, number, by) for number in numbers)
    return [one for one in found if weekend.can_wait(tx, one, by)]


def _incident(tx: Tx, page: Page, by: str) -> Incident | None:
    return incidents.visible(tx, page.incident, by) if page.incident else None


FEATURE = Feature(
    subcommands=(
        Subcommand(
            ack_here,
            usage="ack [INC-number]",
            brief="answer a page",
            help="Acknowledge the page that waits for you, or take somebody else's. To give yours "
            "to a person, choose *Hand it to …* in its menu: it stays with you until they accept.",
            example="/inc ack",
            place=(Group.CALL, 30),
            aliases=("acknowledge",),
        ),
        Subcommand(
            take,
            usage="take [role] [INC-number]",
            brief="take page or lead",
            help="Take the page that waits for an answer; where none does, take the lead. "
            "`/inc take IM` takes that role.",
            example="/inc take",
            place=(Group.CALL, 35),
        ),
    ),
    listeners=(
        Listener("action", view_of.ACKNOWLEDGE, acknowledged),
        Listener("action", card.ACKNOWLEDGE, acknowledged_on_card),
        Listener("action", digest.ACKNOWLEDGE_ALL, acknowledged_all),
        Listener("action", view_of.TAKE, taken),
        Listener("action", view_of.ESCALATE_NOW, escalated),
    ),
)
