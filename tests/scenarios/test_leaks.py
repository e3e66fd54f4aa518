"""Every door of the bot, tried at a private incident by whoever is not in it: they learn nothing.

The doors come from the registry of features and from the server's routes. A new one is tried by itself; it
needs a row in `SILENT` if it shows a member nothing of an incident either, and a route needs one in `ROUTES`.
"""

import logging
import re
from collections.abc import Sequence

import aiohttp
import pytest

from handlers.register import LISTENERS
from handlers.rest.document import OPENAPI_PATH, PAGE_PATH
from handlers.rest.endpoints import ENDPOINTS
from sandbox.slack import Slack
from storage.transaction import Tx
from tests.scenarios.conftest import World, as_tried_out
from tests.scenarios.look import CHANNEL, deactivates, inc, shown
from tests.scenarios.probing import Prober, alike, batches, doors

SECRET = re.compile(r"stolen|disk.full", re.IGNORECASE)
"""What only people in the incident may read."""
REAL, NONE = 1, 77
"""The number of the private incident, and of its page and action; and one that nothing has."""

THEIR_OWN = {"/inc test-page", "home_test", "notification_test_begin", "notification_test_arrived"}
THEIR_OWN |= {"/inc tutorial"}
"""Here a number is that of a person's own test, or of an incident that they make."""

_EMPTY = "a form that is sent empty is complained of, not answered"
_OF_NOBODY = "of a schedule, a maintenance, or of the person's own contact methods"
SILENT = {
    **dict.fromkeys(
        (
            "follow_up_previous",
            "follow_up_next",
            "/inc alerts",
            "alerts_open",
            "alerts_all",
            "alerts_sources",
            "alerts_noise",
            "alert_attach",
            "alert_detach",
            "alert_shelve",
            "alert_show",
            "alert_unshelve",
        ),
        "no alert is of it",
    ),
    **dict.fromkeys(("unsent_again", "unsent_drop"), "a delivery is sent again by admins alone"),
    **dict.fromkeys(("heartbeats_list", "heartbeat_forget"), "a heartbeat is of no incident"),
    **dict.fromkeys(("triage_add_0", "triage_add_1"), "it names two incidents, of which one is in triage"),
    **dict.fromkeys(("/inc changes", "changes_open"), "a change is of no incident"),
    **dict.fromkeys(("review_tick", "review_untick"), "no task of a review is of it"),
    **dict.fromkeys(
        (
            "action_form",
            "agreed_step_form",
            "alert_attach_form",
            "false_alarm_form",
            "cancel_form",
            "declare_form",
            "escalate_form",
            "lead_form",
            "note_which_form",
            "pause_form",
            "private_form",
            "public_draft_form",
            "public_form",
            "public_publish_form",
            "public_why_form",
            "rename_form",
            "reopen_form",
            "resolve_form",
            "role_form",
            "severity_form",
            "severity_lower_form",
            "status_form",
            "stream_lead_form",
            "stream_rename_form",
            "subscribe_form",
            "notice_form",
            "notice_more_form",
            "notice_edit_form",
        ),
        _EMPTY,
    ),
    **dict.fromkeys(
        (
            "calendar_addresses",
            "calendar_renew",
            "cover_accept",
            "cover_form",
            "cover_open",
            "cover_withdraw",
            "handover_form",
            "handover_not_yet",
            "handover_open",
            "home_test",
            "maintenance_cancel",
            "maintenance_edit",
            "maintenance_end",
            "maintenance_extend",
            "maintenance_extend_more",
            "maintenance_form",
            "maintenance_new",
            "maintenance_public_form",
            "maintenance_start",
            "method_add",
            "method_again",
            "method_code_form",
            "method_enter",
            "method_form",
            "method_remove",
            "method_rule_form",
            "notification_test_begin",
            "override_cancel",
            "override_form",
            "rule_default",
            "rule_open",
            "simulate_form",
            "swap_form",
        ),
        _OF_NOBODY,
    ),
    "declare_type": "the form is not open",
    "declare_near_miss": "likewise",
    "declare_over": "likewise",
    "declare_practice": "likewise",
    "digest_acknowledge_all": "a list belongs to whom it was sent to",
    "handover_take": "nobody handed it over",
    "page_answers": "the answer is in the menu's option",
    "page_cannot_form": "another person's page",
    "page_offer_accept": "nobody offered it",
    "page_offer_decline": "likewise",
    "page_offer_form": "another person's page",
    **dict.fromkeys(("secret_change", "secret_keep", "secret_show"), "nobody wrote what is asked about"),
    "severity_guide": "the same for every incident",
    **dict.fromkeys(("follow_up_form", "follow_up_edit_form"), "the title is asked for first"),
    "review_task_form": "the owner or a day is asked for first",
}
"""Doors that show a member nothing of the incident, and why: each operation behind one that names an incident
is tried in tests/operations/test_visibility.py."""
WRITTEN_EVENTS = {None, "file_share", "me_message", "thread_broadcast"}
"""A message with the address of an issue, as it may be sent: who wrote it there is answered."""
ANSWERED_EVENTS = {"app_home_opened"} | WRITTEN_EVENTS
NOBODY_IS_ANSWERED = {
    "channel_archive",
    "channel_deleted",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_deleted",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message_changed",
    "message_deleted",
    "pin_added",
    "pin_removed",
    "reaction_added",
    "reaction_removed",
    "team_join",
    "user_change",
}
"""What Slack tells of channels and people: it shows nothing to whoever did it."""
BY_TOKEN = {"/p/{token}", "/t/{token}", "/b/{token}", "/c/{token}.ics"}
BY_TWILIO = {f"/twilio/{one}" for one in ("call/{token}", "report/{token}", "test/{token}", "sms")}
"""Each asks for Twilio's signature; what a call and a text say is held by tests/scenarios/phones."""
BY_BEARER = {"/api/v1/blocks", "/api/{rest}", OPENAPI_PATH, PAGE_PATH} | {one.url for one in ENDPOINTS}
"""What they tell whoever has a token is held by test_api.py and test_api_incidents.py, beside this one."""
IN_A_BROWSER = {
    *("/", "/static/{name}", "/sign-in", "/sign-in/slack", "/sign-in/back", "/sign-out"),
    *("/live", "/wall/{token}", "/wall/{token}/live"),
    *("/incidents", "/incidents.csv", "/incidents.json", "/incidents/{incident}"),
    *("/incidents/{incident}/notes", "/incidents/{incident}/notes/{note}"),
    *("/incidents/{incident}/review", "/incidents/{incident}/review.md", "/reviews"),
    "/reviews/{incident}",
    *(f"/incidents/{{incident}}/review/{one}" for one in ("changes", "edit", "comments", "approve", "issue")),
    "/incidents/{incident}/review/canvas",
    *(
        f"/incidents/{{incident}}/review/{one}"
        for one in ("end", "waive", "request", "close", "give", "change", "follow_up")
    ),
    "/incidents/{incident}/review/tasks/{task}",
    "/incidents/{incident}/review/comments/{comment}",
    *("/incidents/{incident}/review/copies/{place}", "/incidents/{incident}/review/copies/{place}/fetch"),
    *("/incidents/{incident}/pictures/{picture}", "/incidents/{incident}/pictures/{picture}/delete"),
    *("/on-call", "/on-call/schedules/{schedule}"),
    *("/on-call/mine", "/on-call/mine/cover", "/on-call/mine/swap", "/on-call/mine/override"),
    *("/on-call/mine/calendar", "/on-call/requests/{request}", "/on-call/overrides/{override}"),
    *("/status-page", "/status-page/maintenance/{maintenance}", "/incidents/{incident}/public"),
    *("/on-call/load", "/on-call/rehearsal", "/on-call/reach", "/on-call/reach/add", "/on-call/reach/test"),
    *("/on-call/reach/rules/{loudness}", "/on-call/reach/{method}/code"),
    *("/on-call/reach/{method}/again", "/on-call/reach/{method}/remove"),
    *("/operator", "/operator/letters/{letter}"),
    *("/follow-ups", "/follow-ups.csv", "/follow-ups.json", "/follow-ups/new", "/follow-ups/{follow_up}"),
    *("/insights", "/insights/incidents", "/insights.csv", "/insights.json"),
}
"""What they show to whoever is signed in is held by browser/test_leaks.py, beside this one."""
PROBES = {"/healthz", "/readyz", "/metrics"}


def of_incident(tx: Tx) -> list[list[str]]:
    """Return all that is stored of the private incident."""
    tables = (
        "roles",
        "entries",
        "updates",
        "pins",
        "members",
        "fields",
        "links",
        "actions",
        "escalations",
        "subscriptions",
        "streams",
    )
    where = {"incidents": "id = 1", "pages": "escalation IN (SELECT id FROM escalations WHERE incident = 1)"}
    where |= dict.fromkeys(tables, "incident = 1")
    return [sorted(map(repr, tx.all(f"SELECT * FROM {one} WHERE {of}"))) for one, of in where.items()]


async def a_private_incident(world: World) -> None:
    """Declare one that has some of everything. Bo and Sam were in it; Sam and Old left the workspace."""
    dev = await world.declare(severity="S1", visibility="private", summary="stolen: the passkey")
    await dev.invite(CHANNEL, "bo", "sam")
    for text in ("update stolen passkey", "action stolen passkey @ana", "note stolen passkey"):
        await inc(world, "dev", text)
    await inc(world, "dev", "link stolen https://stolen.test")
    await inc(world, "dev", "stream stolen passkey")
    await inc(world, "dev", "stream update stolen passkey stolen passkey")
    await dev.pin(await dev.say(CHANNEL, "stolen passkey"))
    await inc(world, "chen", "access INC-1", "general")
    await dev.kick(CHANNEL, "bo")
    await deactivates(world, "sam", "old")
    await world.settle_down()


def told_of_it(said: Sequence[str]) -> list[str]:
    return [one for one in said if SECRET.search(one) or "rivate incident INC" in one]


def answers_alike(real: Sequence[str], none: Sequence[str]) -> bool:
    """Say whether nothing tells the private incident's number from one that no incident has."""
    return alike(real, REAL, NONE) == alike(none, REAL, NONE)


@pytest.mark.faults
@pytest.mark.parametrize(
    "who", ["ren", "bo", pytest.param("gus", marks=pytest.mark.proof)], ids=["outsider", "ex-member", "guest"]
)
async def test_its_number_is_answered_as_one_that_no_incident_has(http_world: World, who: str):
    await a_private_incident(http_world)
    prober = Prober(http_world, who, "general", CHANNEL)
    before = await http_world.muster.uow.read(of_incident)

    for names, payloads in batches(set(doors()) - THEIR_OWN):
        real, none = await prober.tries(payloads, REAL), await prober.tries(payloads, NONE)
        assert told_of_it([*real, *none]) == [], names
        assert answers_alike(real, none), names
    for names, payloads in batches(THEIR_OWN):
        assert told_of_it(await prober.tries(payloads, REAL)) == [], names
    assert await http_world.muster.uow.read(of_incident) == before


@pytest.mark.faults
@pytest.mark.proof
@pytest.mark.parametrize(
    ("who", "channel"),
    [("sam", "general"), ("old", "general"), ("ren", CHANNEL), ("bo", CHANNEL)],
    ids=["deactivated ex-member", "deactivated", "outsider, as if inside", "ex-member, as if inside"],
)
async def test_nor_do_they_learn_of_it_who_cannot_be_there(http_world: World, who: str, channel: str):
    await a_private_incident(http_world)
    prober = Prober(http_world, who, channel, CHANNEL)
    before = await http_world.muster.uow.read(of_incident)

    for names, payloads in batches(set(doors())):
        assert told_of_it(await prober.tries(payloads, REAL)) == [], names
    assert await http_world.muster.uow.read(of_incident) == before


@pytest.mark.faults
@pytest.mark.proof
async def test_the_same_doors_show_it_to_its_people(http_world: World):
    """Else the tests above would prove nothing."""
    await a_private_incident(http_world)
    dev = Prober(http_world, "dev", "general", CHANNEL)

    for name, payloads in doors().items():
        if name not in SILENT:
            real, none = await dev.tries(payloads, REAL), await dev.tries(payloads, NONE)
            assert told_of_it(real) or not answers_alike(real, none), f"{name} needs a row in SILENT"


def test_every_door_that_shows_nothing_is_still_there() -> None:
    assert set(SILENT) <= set(doors())
    events = [one.constraint for one in LISTENERS if one.kind == "event"]
    names = {one if isinstance(one, str) else one["subtype"] for one in events}
    assert names == ANSWERED_EVENTS | NOBODY_IS_ANSWERED


async def test_the_home_of_whoever_is_not_in_it_says_nothing_of_it(world: World):
    await a_private_incident(world)

    for who in ("ren", "bo", "gus"):
        assert told_of_it([await home(world, who)]) == []
    assert "rivate incident INC-1" in await home(world, "ines")


async def home(world: World, who: str) -> str:
    await world.person(who).open_home()
    await world.settle()
    return shown(await world.person(who).open_home())


@pytest.mark.faults
async def test_no_page_of_the_server_and_no_line_of_the_log_shows_it(
    slack: Slack, world: World, caplog: pytest.LogCaptureFixture
):
    await world.stop()
    world.config, world.public_url = as_tried_out(slack), "http://127.0.0.1:{port}"
    caplog.set_level(logging.INFO)  # as the program sets it; nothing lowers it
    await world.start()
    await a_private_incident(world)
    bo = slack.workspace.user("bo").id
    links = [str(world.muster.links.to_acknowledge(page, bo)) for page in (REAL, NONE)]
    routes = [(one.method, one.resource) for one in world.muster.web._app.router.routes() if one.resource]

    assert {at.canonical for _, at in routes} == BY_TOKEN | BY_TWILIO | BY_BEARER | IN_A_BROWSER | PROBES
    async with aiohttp.ClientSession(f"http://127.0.0.1:{world.muster.web.port}") as session:
        for method, at in routes:
            named = zip(links, (REAL, NONE), strict=True)
            paths = [
                at.canonical.replace("{token}", link.rpartition("/")[2]).replace(
                    "{incident}", f"INC-{number}"
                )
                for link, number in named
            ]
            real, none = [await asked(session, method, path) for path in paths]
            assert told_of_it([real]) == []
            assert at.canonical in PROBES or answers_alike([real], [none])

    lines = [
        f"{one.getMessage()} {one.__dict__}" for one in caplog.records if not one.name.startswith("sandbox")
    ]
    assert len(lines) > 10
    assert told_of_it(lines) == []


async def asked(session: aiohttp.ClientSession, method: str, path: str) -> str:
    async with session.request(method, path, allow_redirects=False) as answer:
        return f"{answer.status} {await answer.text()}"
