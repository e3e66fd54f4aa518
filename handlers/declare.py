"""Declaring an incident: the form, wherever it is asked for, and its submission."""

import logging
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Desk
from bot.operations import declare as operations
from bot.views import declare as view_of
from bot.views import panel
from handlers.refusals import answers_in_form, answers_refusals, opens_once
from handlers.request import Listener, Request, Subcommand, as_read, plain_text, with_names
from storage import people

log = logging.getLogger(__name__)


async def declare(request: Request) -> None:
    """Open the form with what was typed as the name."""
    name = plain_text(await with_names(request.text, request.desk))
    await request.open(view_of.form(request.desk.process, name=name))


@answers_refusals
async def form_asked(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, desk: Desk
) -> None:
    """Open the form from a button."""
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=view_of.form(desk.process))


@opens_once
async def from_anywhere(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, desk: Desk) -> None:
    """Open the form from Slack's shortcut menu. There is no place to answer in."""
    await ack()
    await client.views_open(trigger_id=body["trigger_id"], view=view_of.form(desk.process))


@answers_refusals
async def from_message(
    ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, desk: Desk
) -> None:
    """Open the form with a message quoted in the summary."""
    await ack()
    said = body["message"]
    text = as_read(await with_names(said.get("text") or "", desk))
    summary = view_of.quoted(await _author(said, desk), text, _address(body))
    await client.views_open(trigger_id=body["trigger_id"], view=view_of.form(desk.process, summary=summary))


async def type_chosen(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, desk: Desk) -> None:
    """Ask the form's last question as the chosen incident type asks it."""
    await ack()
    view = body["view"]
    form = view_of.after_type(view["state"]["values"], desk.process)
    if not form:
        return
    try:
        await client.views_update(view_id=view["id"], hash=view["hash"], view=form)
    except SlackApiError as error:  # sent or closed meanwhile; the submission knows the type all the same
        log.info("the form could not be redrawn: %s", error.response.get("error"))


@answers_in_form(view_of.NAME)
async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], desk: Desk) -> None:
    """Declare the incident, then close the form: closed means stored."""
    draft = view_of.draft(view["state"]["values"], desk.process)
    if isinstance(draft, dict):
        await ack(response_action="errors", errors=draft)
        return
    form = view.get("root_view_id") or view["id"]
    await desk.perform(operations.declare, draft, by=body["user"]["id"], form=form)
    await ack()


async def _author(said: dict[str, Any], desk: Desk) -> str:
    known = await desk.read(people.get, said["user"]) if said.get("user") else None
    profile = said.get("bot_profile") or {}
    return known.name if known else said.get("username") or profile.get("name") or "Somebody"


def _address(body: dict[str, Any]) -> str:
    """Return the message's permalink, which the form cannot wait for Slack to tell."""
    ts, thread = body["message_ts"], body["message"].get("thread_ts")
    channel = body["channel"]["id"]
    address = f"https://{body['team']['domain']}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return f"{address}?thread_ts={thread}&cid={channel}" if thread and thread != ts else address


SUBCOMMANDS = {
    "declare": Subcommand(
        declare,
        usage="declare [name]",
        help="Declare an incident, or report a problem for triage.",
        example="/inc declare Checkout fails for everybody",
        aliases=("new",),
    ),
}

LISTENERS = (
    Listener("action", panel.DECLARE, form_asked),
    Listener("action", view_of.TYPE_CHOSEN, type_chosen),
    Listener("shortcut", view_of.ANYWHERE, from_anywhere),
    Listener("shortcut", view_of.FROM_MESSAGE, from_message),
    Listener("view", view_of.FORM, submitted),
)
