"""The public status, and the notice to customers: by forms, buttons, or in one line."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.incidents.communication import Told, noticeable, stated
from bot.domain.incidents.fields import letters
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.public_posts import Publishing, typed_components
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.incidents.undoing import Thing
from bot.operations.incidents import public_notices as notices
from bot.operations.incidents.public_posts import publishing
from bot.operations.incidents.public_posts import send_again as again
from bot.operations.incidents.public_status import set_public_status
from bot.operations.rights import visible
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone, while_open
from bot.views.incidents import public_notice as notice_view
from bot.views.incidents import public_status as view_of
from bot.views.incidents.state import chosen_several, one_of, typed, typed_line
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, as_read
from handlers.undoable import answered, confirmed
from storage import incidents, pages
from storage.transaction import Tx

_STATUSES = {
    **{letters(one): one for one in PublicStatus},
    **{letters(one.split(maxsplit=1)[0]): one for one in PublicStatus},
    **dict.fromkeys(("outage", "disruption", "down"), PublicStatus.DISRUPTION),
    **dict.fromkeys(("partialdisruption", "partialoutage"), PublicStatus.PARTIAL),
    **dict.fromkeys(("ok", "normal"), PublicStatus.OPERATIONAL),
}
"""What somebody may call a public status, in letters alone."""


_NOT_PUBLISHED = re.compile(r"^not[ _-]published\b[:,]?\s*", re.IGNORECASE)


async def public(request: Request) -> None:
    """Set the public status that is typed, do what is typed about the notice, or open the form."""
    word, _, rest = _NOT_PUBLISHED.sub("not-published ", request.text.strip(), count=1).partition(" ")
    if act := _WORDS.get(word.lower().rstrip(":")):
        await act(replace(request, text=rest.strip()))
        return
    incident = stated(await request.uow.read(visible, request.here.id, request.user))
    if not request.plain:
        await request.open(view_of.form(incident))
        return
    if not (to := _STATUSES.get(letters(request.plain))):
        raise Refused(
            f"I know no public status `{view_of.short(request.plain)}`. It is one of: {view_of.choices()}. "
            "Or: `/inc public notice`, `draft`, `confirm`, `publish`, `send-again`, `not-published`."
        )
    changed = await request.uow.perform(set_public_status, incident.id, to, by=request.user)
    await answered(request, changed, await _changed(request.uow, changed), Thing.PUBLIC)


@answers_in_form(view_of.STATUS)
async def submitted(form: Submission) -> None:
    """Set the public status that was chosen; one that is so already stays."""
    to = one_of(PublicStatus, form.entered, view_of.STATUS)
    incident = await form.uow.read(incidents.visible, form.number, form.user)
    stays = incident.publicity.public_status is to and incident.status.open
    changed = None if stays else await form.once(set_public_status, form.number, to, by=form.user)
    if changed:
        await confirmed(form, changed, await _changed(form.uow, changed), Thing.PUBLIC)
    else:
        await form.close()


async def _changed(uow: UnitOfWork, incident: Incident) -> Message:
    pending = await uow.read(pages.pending_of, incident.id)
    return view_of.changed(incident, pending, await uow.read(notices.told, incident))


async def notice(request: Request) -> None:
    """Show what customers know, and what is missing until they can be told."""
    await _show(request)


async def draft(request: Request) -> None:
    """Keep the text that is typed as the draft, or open the form."""
    incident, told = await _told(request)
    if not request.text:
        await request.open(notice_view.draft_form(incident, told))
        return
    text = as_read(request.text)
    await request.once(notices.draft, incident.id, text, by=request.user, sure=request.confirmed)
    asks = told.missing and not incident.publicity.noticed_at
    after = "and who has to confirm it is asked" if asks else "and nobody reads it until it is published"
    await _show(request, f"The draft is kept, {after}.")


@answers_in_form(notice_view.TEXT)
async def drafted(form: Submission) -> None:
    text = typed(form.entered, notice_view.TEXT)
    await form.once(notices.draft, form.number, text, by=form.user, sure=form.sure)
    await form.close()


async def confirm(request: Request) -> None:
    """Confirm that customers outside are significantly affected."""
    incident, _ = await _told(request)
    await request.uow.perform(notices.confirm, incident.id, by=request.user)
    await _show(request, "You confirmed that customers outside are significantly affected.")


async def publish(request: Request) -> None:
    """Publish what is typed, or open the form. A text that must wait is kept as the draft."""
    incident, told = await _told(request)
    now = await request.uow.read(publishing, incident)
    names, typed_text = typed_components(as_read(request.text), now.where)
    early = bool(told.missing and not incident.publicity.noticed_at)
    by, sure = request.user, request.confirmed
    waits = early or now.waits_for(by) or (now.goes_out and _unsaid(now, incident.id, names))
    if not typed_text and not early and not now.waits_for(by):
        await request.open(notice_view.publish_form(incident, told, now))
        return
    if typed_text and waits:
        await request.uow.perform(notices.draft, incident.id, typed_text, by=by, sure=sure)
    await request.once(notices.publish, incident.id, typed_text, by=by, sure=sure, components=names)
    await _show(request, _published(incident, told, now))


def _unsaid(now: Publishing, number: int, names: tuple[str, ...]) -> bool:
    """Say whether it is not known yet which components a text is about."""
    try:
        now.about(names, number)
    except Refused:
        return True
    return False


def _published(incident: Incident, told: Told, now: Publishing) -> str:
    said = notice_view.stakeholders(incident, told.where)
    if incident.publicity.noticed_at and not incident.private:  # they are told of the first one
        said = "" if now.where.publishes else "It is noted that the status page says this now."
    return f"{notice_view.went_to(now)} {said}".rstrip() if now.where.publishes else said


@answers_in_form(notice_view.TEXT)
async def published(form: Submission) -> None:
    """Publish the text. One that must wait stays in the form, and as the draft."""
    text = typed(form.entered, notice_view.TEXT)
    names = tuple(chosen_several(form.entered, notice_view.COMPONENTS))
    incident = await form.uow.read(incidents.visible, form.number, form.user)
    told, now = await form.uow.read(_standing, incident)
    if (told.missing and not incident.publicity.noticed_at) or now.waits_for(form.user):
        await form.uow.perform(notices.draft, form.number, text, by=form.user, sure=form.sure)
    await form.once(notices.publish, form.number, text, by=form.user, sure=form.sure, components=names)
    await form.close()


async def send_again(request: Request) -> None:
    """Have the pages that did not take the last text try it again."""
    incident, _ = await _told(request)
    await request.uow.perform(again, incident.id, by=request.user)
    await _show(request, "It is sent again to the pages that do not say it yet.")


async def unpublished(request: Request) -> None:
    """Note why it is not published, or open the form."""
    incident, _ = await _told(request)
    why = request.plain.removeprefix("because ").strip()
    if not why:
        await request.open(notice_view.why_form(incident))
        return
    await request.once(notices.leave_unpublished, incident.id, why, by=request.user)
    await _show(request, "Nobody is asked for a notice any more.")


@answers_in_form(notice_view.WHY)
async def explained(form: Submission) -> None:
    why = typed_line(form.entered, notice_view.WHY)
    await form.once(notices.leave_unpublished, form.number, why, by=form.user)
    await form.close()


async def _told(request: Request) -> tuple[Incident, Told]:
    incident = noticeable(await request.uow.read(visible, request.here.id, request.user))
    return incident, await request.uow.read(notices.told, incident)


async def _show(request: Request, said: str = "") -> None:
    incident, told, now = await request.uow.read(_read, request.here.id, request.user)
    await request.answer(notice_view.state(incident, told, request.user, said, now))


def _read(tx: Tx, incident_id: int, by: str) -> tuple[Incident, Told, Publishing]:
    incident = incidents.visible(tx, incident_id, by)
    return incident, *_standing(tx, incident)


def _standing(tx: Tx, incident: Incident) -> tuple[Told, Publishing]:
    return notices.told(tx, incident), publishing(tx, incident)


_WORDS: Mapping[str, Callable[[Request], Awaitable[None]]] = {
    "notice": notice,
    "draft": draft,
    "confirm": confirm,
    "confirmed": confirm,
    "publish": publish,
    "published": publish,
    "send-again": send_again,
    "resend": send_again,
    "not-published": unpublished,
    "unpublished": unpublished,
}

FEATURE = Feature(
    subcommands=(
        Subcommand(
            public,
            usage="public [status]",
            brief="what customers are told",
            help="Say how it is for customers: Operational, Degraded Performance, Partial Service "
            "Disruption, Service Disruption or Security Issue. `draft` writes the notice to them, `confirm` "
            "says that they are significantly affected, `publish` puts it on the status page "
            "(`publish on API: <text>` says what is affected), `send-again` tries a page once more that did "
            "not take it, `not-published` says why there is none, and `notice` shows how it stands.",
            example="/inc public Degraded Performance",
            place=(Group.INFORM, 35),
            aliases=("public-status",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(public)),
        Listener("action", notice_view.OPEN, of_incident(notice)),
        Listener("view", view_of.FORM, submitted),
        Listener("view", notice_view.DRAFT_FORM, drafted),
        Listener("view", notice_view.PUBLISH_FORM, published),
        Listener("view", notice_view.WHY_FORM, explained),
    ),
    buttons=(
        PanelButton((Row.FACTS, 84), opens("Public status", view_of.OPEN), while_open),
        PanelButton(
            (Row.FACTS, 86),
            opens("Notice to customers", notice_view.OPEN),
            unless_gone,
        ),
    ),
)
