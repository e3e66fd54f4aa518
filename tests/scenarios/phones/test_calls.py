"""A page calls its person, who answers it with a key."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.slack import Slack
from sandbox.twilio import ENDS, signature
from storage import pages, reports
from storage.database import DatabaseBusy
from tests.fakes import FakeClock
from tests.scenarios.conftest import World
from tests.scenarios.look import acknowledged, shown
from tests.scenarios.phones.conftest import ANA, PHONES, calls, phones_world, rings, waiting

CALL_FIRST = """
notification_rules:
  default: {loud: [slack, call after 1m, sms after 9m], quiet: [slack]}
"""


def texts(world: World) -> list[str]:
    """Return what arrived at Ana's phone beside calls."""
    return [one.text for one in world.person("ana").phone() if not one.call]


async def test_a_call_says_what_it_is_about_and_key_1_acknowledges(world: World):
    call = await rings(world)

    said = await call.answer()
    assert said.startswith(
        "This is Muster. Severity 2. Incident 1: Disk full. Press 1 to acknowledge. Press 2"
    )
    answer = await call.press("1")
    await world.settle()

    assert answer == "You acknowledged incident 1 as Engineer On Call (dotcom EOC). Goodbye."
    assert call.status == "completed"
    assert not await waiting(world)
    assert any("acknowledged* as EOC" in text for text in world.texts("dev", "inc-1-disk-full"))
    await world.pass_minutes(20)
    assert len(calls(world)) == 1


async def test_key_2_calls_the_next_level(world: World):
    call = await rings(world)
    await call.answer()

    answer = await call.press("2")
    await world.settle()

    assert answer == "ines is called now. Goodbye."
    assert await waiting(world, "ines")
    assert not await waiting(world)


async def test_key_3_says_that_somebody_is_on_the_way_whom_nothing_calls_until_then(world: World):
    call = await rings(world)
    assert "Press 3 if you are on the way." in await call.answer()

    before = len(texts(world))
    answer = await call.press("3")

    # the level has 15 minutes, of which 5 are over
    assert answer == "You are expected in 5 minutes. Acknowledge it when you are there. Goodbye."
    await world.pass_minutes(4)
    assert len(calls(world)) == 1
    assert len(texts(world)) == before
    await world.pass_minutes(2)
    assert len(calls(world)) == 2
    assert "Press 3" not in await calls(world)[1].answer()
    assert await waiting(world)


async def test_any_other_key_is_asked_again(world: World):
    call = await rings(world)
    await call.answer()

    assert (await call.press("7")).startswith("7 is no choice. Press 1 to acknowledge.")
    assert await waiting(world)
    await call.press("1")
    await world.settle()
    assert not await waiting(world)


@pytest.mark.parametrize("end", [*ENDS, "machine"])
async def test_a_call_that_nobody_takes_hurries_the_text_and_is_made_again(
    slack: Slack, clock: FakeClock, tmp_path: Path, end: str
):
    world = phones_world(slack, clock, tmp_path, PHONES + CALL_FIRST)
    await world.start()
    slack.twilio.calls_end[ANA] = end
    await world.declare(severity="S2")

    await world.pass_minutes(1.1)
    assert [call.status for call in calls(world)] == ["completed" if end == "machine" else end]
    assert len(texts(world)) == 1
    await world.pass_minutes(3)

    assert len(calls(world)) == 2
    assert len(texts(world)) == 1
    assert await waiting(world)
    await world.stop()


async def test_a_mailbox_hurries_the_text_before_the_call_is_over(
    slack: Slack, clock: FakeClock, tmp_path: Path
):
    world = phones_world(slack, clock, tmp_path, PHONES + CALL_FIRST)
    await world.start()
    await world.declare(severity="S2")
    await world.pass_minutes(1.1)
    [call] = calls(world)

    _, twiml = await slack.twilio.tell(call.asked["Url"], {**call.fields, "AnsweredBy": "machine_start"})
    await world.pass_minutes(0.1)

    assert (twiml, call.status) == ("<Response><Hangup /></Response>", "ringing")
    assert len(texts(world)) == 1
    await world.stop()


async def test_no_key_is_no_acknowledgement_and_the_call_comes_again(world: World):
    call = await rings(world)

    await call.answer()
    await call.hang_up()
    await world.settle()
    assert await waiting(world)
    await world.pass_minutes(3.1)

    assert len(calls(world)) == 2


async def test_a_private_incident_has_no_name_in_a_call(world: World):
    call = await rings(world, visibility="private")

    said = await call.answer()

    assert "Severity 2. Private incident 1." in said
    assert "Disk" not in said


async def test_a_drill_says_so_first(world: World):
    call = await rings(world, type="Gameday", people=["ana"])

    assert (await call.answer()).startswith("DRILL. This is Muster.")


async def test_a_name_is_text_in_a_call(world: World):
    call = await rings(world, name="</Say><Hangup/> & <Dial>+1900</Dial>")

    assert "</Say><Hangup/> & <Dial>+1900</Dial>" in await call.answer()
    assert call.listens


@pytest.mark.faults
async def test_what_twilio_did_not_sign_changes_nothing(world: World):
    call = await rings(world)
    await call.answer()
    twilio, url = world.slack.twilio, call.asked["Url"]
    said = {**call.fields, "Digits": "1"}

    forged = [
        {},
        {"X-Twilio-Signature": "AAAA"},
        {"X-Twilio-Signature": signature("another token", url, said)},
        {"X-Twilio-Signature": signature(world.slack.credentials.twilio_token, url, call.fields)},
        {"X-Twilio-Signature": signature(world.slack.credentials.twilio_token, url + "x", said)},
        {"X-Twilio-Signature": "\u00fc"},
    ]

    assert [(await twilio.post(url, said, headers))[0] for headers in forged] == [403] * len(forged)
    assert await waiting(world)


async def test_a_signed_request_for_another_call_is_answered_by_hanging_up(world: World):
    call = await rings(world)
    await call.answer()
    wrong = call.asked["Url"][:-6] + "AAAAAA"

    status, twiml = await world.slack.twilio.tell(wrong, {**call.fields, "Digits": "1"})

    assert (status, "Hangup" in twiml) == (200, True)
    assert await waiting(world)


async def test_a_key_that_comes_again_and_one_that_comes_late_change_nothing(world: World):
    call = await rings(world)
    await call.answer()
    await world.pass_minutes(10)  # the page went on to Ines meanwhile
    before = await world.muster.uow.read(pages.pending)

    said = await call.press("1")
    url, fields, headers = world.slack.twilio.sent[-2]
    again = await world.slack.twilio.post(url, fields, headers)
    await world.settle()

    assert "This page has moved on: now it is with ines" in said
    assert fields["Digits"] == "1"
    assert (again[0], "This page has moved on" in again[1]) == (200, True)
    assert await world.muster.uow.read(pages.pending) == before


async def test_a_call_that_is_taken_after_the_answer_says_who_answered(world: World):
    call = await rings(world)
    await acknowledged(world)

    said = await call.answer()

    assert "You acknowledged this page already." in said
    assert call.status == "completed"


@pytest.mark.faults
async def test_a_report_that_comes_again_is_heard_once(world: World):
    call = await rings(world)
    await call.end("busy")
    [notification] = [
        one for one in range(1, 20) if await world.muster.uow.read(reports.of_notification, one) == ["busy"]
    ]
    url, fields, headers = world.slack.twilio.sent[-1]

    for _ in range(3):
        assert (await world.slack.twilio.post(url, fields, headers))[0] == 200

    assert await world.muster.uow.read(reports.of_notification, notification) == ["busy"]
    await world.pass_minutes(3.1)
    assert len(calls(world)) == 2


@pytest.mark.faults
@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_while_twilio_takes_nothing_pages_go_on_and_the_call_is_tried_again(world: World, status: int):
    world.slack.twilio.status = status
    await world.declare(severity="S2")
    await world.pass_minutes(7)
    assert calls(world) == []

    world.slack.twilio.status = 0
    await world.pass_minutes(2)

    assert len(calls(world)) >= 1
    assert await waiting(world)


@pytest.mark.faults
async def test_a_call_of_unknown_fate_is_made_again(world: World):
    world.slack.twilio.lost = True
    await world.declare(severity="S2")
    await world.pass_minutes(5.5)
    world.slack.twilio.lost = False
    await world.pass_minutes(1)

    assert len(calls(world)) >= 2
    await calls(world)[-1].answer()
    await calls(world)[-1].press("1")
    await world.settle()
    assert not await waiting(world)


@pytest.mark.faults
async def test_while_the_database_takes_nothing_a_call_says_so_and_the_key_works_later(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    call = await rings(world)
    await call.answer()
    listens = call.listens

    async def away(*_: Any, **__: Any) -> None:
        raise DatabaseBusy("away")

    with monkeypatch.context() as patched:
        patched.setattr(world.muster.uow, "perform", away)
        said = await call.press("1")
    assert said.startswith(
        "This was not written down: my database takes nothing at the moment. The page goes"
    )

    call.listens = listens
    assert "You acknowledged incident 1" in await call.press("1")
    await world.settle()
    assert not await waiting(world)


@pytest.mark.faults
async def test_without_a_public_address_a_call_says_to_answer_in_slack(
    slack: Slack, clock: FakeClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    world = phones_world(slack, clock, tmp_path)
    world.public_url = None
    await world.start()
    call = await rings(world)

    said = await call.answer()

    assert said.startswith("This is Muster. Severity 2. Incident 1: Disk full. Acknowledge it in Slack.")
    assert (call.status, "set MUSTER_PUBLIC_URL" in caplog.text) == ("completed", True)
    await world.stop()


async def test_a_test_page_calls_and_a_key_confirms_it(world: World):
    await world.person("ana").slash("/inc", "test-page", channel="general")
    await world.settle()
    [call] = calls(world)

    said = await call.answer()
    assert said.startswith("This is Muster. This is a test of call. Nothing has happened. Press 1 to confirm")
    await call.press("1")
    await world.settle()

    assert "call: handed over" in shown(world.person("ana").dm()[-1])
    line = next(one for one in shown(world.person("ana").dm()[-1]).splitlines() if one.startswith("call:"))
    assert "confirmed" in line
