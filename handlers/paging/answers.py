"""The rarer answers to a page: on my way, cannot take it."""

from datetime import timedelta

from bot.domain.paging.escalations import Call
from bot.domain.paging.pages import Page
from bot.operations.paging.answers import cannot_take, on_my_way, own_page
from bot.operations.paging.calling import ways
from bot.operations.paging.offers import to_offer
from bot.views.blocks import Message
from bot.views.incidents.state import number
from bot.views.paging import answers as view_of
from bot.views.paging import offers as offers_view
from bot.views.paging.page import moved, otherwise
from handlers.pressed import pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import incidents
from storage.transaction import Tx


@pressed
async def chosen(request: Request) -> None:
    """Do what was chosen from a page's menu."""
    way, page_id = request.value.partition(":")[0], number(request.rest)
    if way == view_of.CANNOT:
        await request.open(view_of.cannot_form(*await request.uow.read(_cannot, page_id, request.user)))
        return
    if way == view_of.HAND:
        page, incident, before = await request.uow.read(to_offer, page_id, by=request.user)
        await request.open(offers_view.form(page, incident, before))
        return
    if way == view_of.OTHERS:
        await request.answer(await request.uow.read(_others, page_id, request.user))
        return
    length = timedelta(minutes=number(way))
    page = await request.uow.perform(on_my_way, page_id, length, by=request.user)
    await request.answer(view_of.on_the_way(page))


def _cannot(tx: Tx, page_id: int, by: str) -> tuple[Page, Call | None]:
    page = own_page(tx, page_id, by)
    return page, ways(tx, page, None).after


def _others(tx: Tx, page_id: int, by: str) -> Message:
    page = own_page(tx, page_id, by)
    incident = incidents.visible(tx, page.incident, by) if page.incident else None
    return otherwise(page, incident, ways(tx, page, incident))


@answers_in_form(view_of.REASON)
async def cannot(form: Submission) -> None:
    """Page the next level at once; where there is none, say who else can be asked."""
    reason = view_of.reason(form.entered)
    if not reason:
        await form.wrong({view_of.REASON: "Choose why: whoever is paged next reads it."})
        return
    now = await form.once(cannot_take, form.number, reason, by=form.user)
    if now:
        alone = now.pending and now.responder == form.user
        await form.turn_into(view_of.done(view_of.stays_open(now) if alone else moved(now)))
    else:
        await form.close()


FEATURE = Feature(
    listeners=(
        Listener("action", view_of.MORE, chosen),
        Listener("view", view_of.CANNOT_FORM, cannot),
    ),
)
