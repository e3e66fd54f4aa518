"""People who cannot be invited: each is named with the reason that Slack gives for that person."""

import asyncio

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.timeline.entries import Kind
from bot.integrations.slack.channels import Channels
from bot.integrations.slack.client import SlackClient
from bot.jobs import Effect
from storage import members
from storage.outbox import Delivery
from tests.conftest import Office
from tests.fakes import NOON, nobody
from tests.operations.given import given_incident
from tests.operations.look import story

ERRORS = [
    {"user": "UIM", "ok": False, "error": "user_not_found"},
    {"user": "UCMOC", "ok": False, "error": "ura_max_channels"},
    {"user": "UREP", "ok": False, "error": "already_in_channel"},
    {"user": "UEOC2", "ok": False, "error": "user_not_found"},
]


async def invited(office: Office, delivery: Delivery) -> Effect | None:
    """Invite people by a Slack that refuses some of them."""

    async def refuse_some(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "errors": ERRORS})

    app = web.Application()
    app.router.add_post("/api/conversations.invite", refuse_some)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        api = AsyncWebClient("xoxb-1", base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/api/")
        return await Channels(office.uow, SlackClient(api, "mark", office.clock, nobody)).invite(delivery)
    finally:
        await runner.cleanup()


def test_each_who_is_refused_has_a_reason_of_their_own(office: Office) -> None:
    incident = given_incident(office, "S1")
    people = [*office.read(members.of, incident.id), "UEOC2"]
    subject = {"incident": incident.id, "people": people}
    delivery = Delivery(1, "people.wanted", "slack.invite", subject, 1, False, False, NOON)

    effect = asyncio.run(invited(office, delivery))
    assert effect
    office.perform(effect)

    told = [entry.data for entry in story(office, incident.id) if entry.kind is Kind.PROBLEM]
    assert [(data["what"], data["why"]) for data in told] == [
        ("Could not invite <@UIM>, <@UEOC2>", "user_not_found"),
        ("Could not invite <@UCMOC>", "ura_max_channels"),
    ]
    assert office.read(members.of, incident.id) == ["UEOC", "UREP"]
