"""Declaring an incident: the form, wherever it is asked for, and its submission."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError

from bot.domain.errors import Refused
from bot.domain.incidents.fields import AFFECTED_SERVICES
from bot.domain.incidents.incident import Draft, Incident, Severity
from bot.domain.incidents.merging import similar
from bot.domain.incidents.severity_words import graded
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.rights import Right
from bot.domain.text import LONGEST_NAME
from bot.operations.incidents import declare as operations
from bot.operations.maintenance.relating import running_for
from bot.unit_of_work import Guarded, UnitOfWork
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents import declare as view_of
from bot.views.incidents.declare import Origin
from bot.views.incidents.declare_as import PEOPLE, Asked, Sort
from bot.views.incidents.state import named as named_sort
from bot.views.maintenance.related import choices
from handlers.pressed import pressed
from handlers.refusals import LOOK_UP, answers_in_form
from handlers.request import (
    Feature,
    Listener,
    Request,
    Submission,
    answer,
    answerable,
    as_read,
    with_names,
)
from storage import fields, incidents, people
from storage.database import DatabaseBusy
from storage.transaction import Tx

log = logging.getLogger(__name__)

_TOKEN = re.compile(r"<[@#!][^>]*>")
"""Whom and what a message mentions: no part of a name."""
_PRIVATE = re.compile(r"(?:^|\s+)private[.!]?$", re.IGNORECASE)
"""The word after a name that chooses who may see the incident."""
COMPARED = 50
"""With how many open incidents a new one is compared: the form opens within three seconds."""


async def declare(request: Request) -> None:
    """Open the form with what was typed as the name."""
    severity, name, private = understood(request.plain)
    found, running = await request.uow.read(_known, name, request.user)
    origin = Origin(request.response_url, similar=tuple(one.id for one in found), running=choices(running))
    before = view_of.alike(found, request.uow.clock.now())
    summary = name if len(name) > LONGEST_NAME else ""  # what no name has room for is kept
    form = view_of.form(
        request.uow.process,
        name=name,
        summary=summary,
        severity=severity or "",
        origin=origin,
        private=private,  # else as the type proposes
        before=before,
    )
    await request.open(form)


def understood(text: str) -> tuple[Severity | None, str, bool | None]:
    """Return the severity that a text begins or ends with, the name, and True where it is to be private."""
    severity, rest = graded(text)
    name, private = named(rest)
    if severity or not private:
        return severity, name, private
    severity, name = graded(name)  # "private" may stand after it
    return severity, name, private


def named(text: str) -> tuple[str, bool | None]:
    """Return a name without the word that chooses who may see it, and True where that stands at its end."""
    name = _PRIVATE.sub("", text)
    return name, True if name != text else None


async def at_once(request: Request, draft: Draft, origin: Origin, asked: Asked, *, whole: bool) -> None:
    """Declare what one line says `whole`; else open the form with what it says."""
    process, uow = request.uow.process, request.uow
    if not whole or len(draft.name) > LONGEST_NAME or view_of.needs_form(process, draft):
        too_long = len(draft.name) > LONGEST_NAME
        form = view_of.form(
            process,
            name=draft.name,
            summary=draft.name if too_long else "",
            kind=draft.type,
            severity=draft.severity,
            origin=origin,
            private=draft.private or None,
            asked=asked,
        )
        await request.open(form)
        return
    said = origin.answer if answerable(origin.answer, request.client.base_url) else ""
    made = await uow.perform(
        operations.declare_by_line,
        draft,
        by=request.user,
        form=f"command:{request.trigger_id}",
        anyway=not draft.practice,
        answer=said,
    )
    if made.twice:
        await request.answer(view_of.made_before(made.incident))
    elif not made.again:
        await request.answer(view_of.made(made.incident, made.called))


@pressed
async def from_message(request: Request) -> None:
    """Open the form with a message quoted in the summary; one said in private warns, and proposes private."""
    if "message" not in request.body:  # Bolt hears a global shortcut of this name too
        await declare(request)
        return
    said, uow = request.body["message"], request.uow
    text = as_read(await with_names(said.get("text") or "", uow))
    summary = view_of.quoted(await _author(said, uow), text, _address(request.body))
    name = view_of.first_words(as_read(_TOKEN.sub("", said.get("text") or "")))
    running = choices(await uow.read(running_for, request.user))
    origin = Origin(request.response_url, secret=_in_private(request.body["channel"]), running=running)
    await request.open(view_of.form(uow.process, name=name, summary=summary, origin=origin))


@pressed
async def type_chosen(request: Request) -> None:
    """Ask the form's last question as the chosen incident type asks it."""
    view = request.view
    metadata = view.get("private_metadata") or ""
    found = await request.uow.read(incidents.visible_of, view_of.origin(metadata).similar, request.user)
    before = view_of.alike(found, request.uow.clock.now())
    form = view_of.after_type(view["state"]["values"], request.uow.process, metadata, before)
    if not form:
        return
    try:
        await request.client.views_update(view_id=view["id"], hash=view["hash"], view=form)
    except SlackApiError as error:  # sent or closed meanwhile; the submission knows the type all the same
        log.info("the form could not be redrawn: %s", error.response.get("error"))


@pressed
async def other_chosen(request: Request) -> None:
    """Ask as the form does of what is no emergency: a near miss, what is over, practice."""
    view = request.view
    sort = named_sort(Sort, request.value)
    form = view_of.instead(
        view["state"]["values"], request.uow.process, view.get("private_metadata") or "", sort
    )
    await request.client.views_update(view_id=view["id"], hash=view["hash"], view=form)


@answers_in_form(view_of.NAME, PEOPLE, own=True)
async def submitted(form: Submission) -> None:
    """Declare the incident, then close the form: closed means stored. Say in private what was made."""
    entered, metadata, process = form.entered, form.metadata, form.uow.process
    draft = view_of.draft(entered, process, metadata, form.uow.clock.now())
    if isinstance(draft, dict):
        if asks_more := view_of.still_asked(draft, entered, process, metadata):
            await form.turn_into(asks_more)
        else:
            await form.wrong(draft)
        return
    if view_of.gives_away(draft, metadata):
        await form.turn_into(view_of.in_the_open(entered, process, metadata))
        return
    if view_of.exposes(draft, metadata):
        await form.turn_into(view_of.for_its_people(draft, entered, process, metadata))
        return
    key, sure = form.view.get("root_view_id") or form.view["id"], bool(view_of.origin(metadata).recent)
    said = view_of.origin(metadata).answer
    said = said if answerable(said, form.client.base_url) else ""
    try:
        # Guarded by its form; of a new incident nobody else knows.
        made = await form.uow.perform(
            Guarded(operations.declare_by_form), draft, by=form.user, form=key, anyway=sure, answer=said
        )
    except operations.TooMany as many:
        await form.turn_into(view_of.held_up(entered, process, metadata, many.recent))
        return
    await form.close()
    if said and not made.again:  # a shortcut from anywhere has no place but the direct message
        respond = AsyncRespond(response_url=said, proxy=form.client.proxy, ssl=form.client.ssl)
        await answer(respond, view_of.made(made.incident, made.called))


def _in_private(channel: Mapping[str, Any]) -> bool:
    """Say whether a message was posted where only some people read: Slack does not name such a place."""
    name = str(channel.get("name") or "")
    return name in {"privategroup", "directmessage"} or name.startswith("mpdm-") or channel["id"][0] in "DG"


@pressed
async def join_instead(request: Request) -> None:
    """Let somebody into an incident who was about to declare it again; the form stays as it is.

    A form has no place for a private answer: a refusal is shown in it.
    """
    view, uow, by = request.view, request.uow, request.user
    joined: Incident | str
    try:
        joined = await uow.perform(operations.join, request.number, by=by)
    except Refused as refused:
        joined = str(refused)
    except DatabaseBusy:
        joined = LOOK_UP
    metadata = view.get("private_metadata") or ""
    whence, state = view_of.origin(metadata), view["state"]["values"]
    known = await uow.read(incidents.visible_of, whence.recent or whence.similar, by)
    if whence.recent:
        form = view_of.held_up(state, uow.process, metadata, known, joined)
    else:
        before = view_of.alike(known, uow.clock.now(), joined)
        form = view_of.once_joined(state, uow.process, metadata, before)
    await request.client.views_update(view_id=view["id"], hash=view["hash"], view=form)


def _known(tx: Tx, name: str, viewer: str) -> tuple[list[Incident], list[Maintenance]]:
    """Return the open incidents that may be the same, and the maintenance that runs."""
    newest = incidents.newest(tx, viewer, COMPARED)
    services = fields.of_each(tx, [one.id for one in newest], AFFECTED_SERVICES)
    return similar(name, newest, tx.now, services), running_for(tx, viewer)


async def _author(said: Mapping[str, Any], uow: UnitOfWork) -> str:
    known = await uow.read(people.get, said["user"]) if said.get("user") else None
    profile = said.get("bot_profile") or {}
    return known.name if known else said.get("username") or profile.get("name") or "Somebody"


def _address(body: Mapping[str, Any]) -> str:
    """Return the message's permalink, which the form cannot wait for Slack to tell."""
    ts, thread = body["message_ts"], body["message"].get("thread_ts")
    channel = body["channel"]["id"]
    address = f"https://{body['team']['domain']}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return f"{address}?thread_ts={thread}&cid={channel}" if thread and thread != ts else address


FEATURE = Feature(
    subcommands=(
        Subcommand(
            declare,
            usage="declare [name]",
            brief="open an incident",
            help="Declare an incident, or report a problem for triage. `private` at the end has it "
            "private; a severity at either end, as in `Checkout down, S2`, is chosen in the form.",
            example="/inc declare Checkout fails for everybody",
            place=(Group.CALL, 10),
            own_way_with_secrets=True,
            aliases=("new",),
            of_incident=False,
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, pressed(declare)),
        Listener("action", view_of.TYPE_CHOSEN, type_chosen),
        *(Listener("action", one, other_chosen) for one in view_of.INSTEAD.values()),
        Listener("shortcut", view_of.ANYWHERE, pressed(declare)),
        Listener("shortcut", view_of.FROM_MESSAGE, from_message),
        Listener("action", re.compile(f"{view_of.JOIN}[0-9]+"), join_instead),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(
        PanelButton(
            (Row.PEOPLE, 50),
            opens("Declare another incident", view_of.OPEN),
            lambda incident, viewer: not unless_gone(incident, viewer),
            Right.DECLARE,
        ),
    ),
)
