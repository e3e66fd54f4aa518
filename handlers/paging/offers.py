"""Handing a page to a person: the form, and their answer."""

from bot.operations.paging.offers import accept, decline, offer_page
from bot.views.incidents.state import chosen_person, typed_line
from bot.views.paging import offers as view
from handlers.pressed import pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission


@answers_in_form(view.PERSON)
async def offered(form: Submission) -> None:
    """Ask the person who was chosen. The page's own message says then whom it was offered to."""
    person = chosen_person(form.entered, view.PERSON)
    if not person:
        await form.wrong({view.PERSON: "Choose who shall take the page."})
        return
    await form.once(offer_page, form.number, person, typed_line(form.entered, view.WORDS), by=form.user)
    await form.close()


@pressed
async def accepted(request: Request) -> None:
    """Answer the page for whom it calls. The message that was pressed says so."""
    await request.uow.perform(accept, request.number, by=request.user)


@pressed
async def declined(request: Request) -> None:
    await request.uow.perform(decline, request.number, by=request.user)


FEATURE = Feature(
    listeners=(
        Listener("view", view.FORM, offered),
        Listener("action", view.ACCEPT, accepted),
        Listener("action", view.DECLINE, declined),
    ),
)
