"""A page leaves as a text, and a reply to it acknowledges."""

import re

import pytest

from storage import reports
from tests.scenarios.conftest import World
from tests.scenarios.look import acknowledged, asks, plain
from tests.scenarios.phones.conftest import ANA, LENA, STRANGER, waiting


async def texted(world: World, **answers: str) -> str:
    """Declare an S2 and let time pass until Ana has a text; return the code in it."""
    await world.declare(severity="S2", **answers)
    await world.pass_minutes(3.1)
    text = world.person("ana").phone()[-1].text
    found = re.search(r"or reply ([A-Z]{2})\b", text)
    assert found, text
    return found[1]


@pytest.mark.parametrize("reply", ["1 INC-1", "ack", " Ack inc-1. ", "1", "{code}", "ack {code}"])
async def test_a_reply_acknowledges_and_says_what_happened(world: World, reply: str):
    code = await texted(world)

    answer = await world.slack.twilio.reply(ANA, reply.format(code=code.lower()))
    await world.settle()

    assert answer == "Muster: you acknowledged INC-1 as Engineer On Call (dotcom EOC)."
    assert world.person("ana").phone()[-1].text == answer
    assert not await waiting(world)


async def test_a_text_has_link_and_code_and_of_a_private_incident_no_name(world: World):
    await texted(world)
    await texted(world, visibility="private")

    public, private = sorted({text.text for text in world.person("ana").phone() if not text.buttons})

    assert re.fullmatch(r"Muster: S2 INC-1\. Acknowledge: http\S+ or reply [A-Z]{2} - Disk full", public)
    assert re.fullmatch(
        r"Muster: S2 private incident INC-2\. Acknowledge: http\S+ or reply [A-Z]{2}", private
    )


@pytest.mark.parametrize("reply", ["hello", "2", "INC", "ackk", "1 INC-1 please", "", "\u0661 INC-1"])
async def test_a_reply_that_says_something_else_acknowledges_nothing_and_says_how(world: World, reply: str):
    await texted(world)

    answer = await world.slack.twilio.reply(ANA, reply)

    assert answer.startswith(
        "Muster: I did not understand that, so nothing was acknowledged. Reply 1 INC-1 or"
    )
    assert await waiting(world)


async def test_a_reply_says_that_somebody_is_on_the_way_or_cannot_take_it(world: World):
    code = await texted(world)

    answer = await world.slack.twilio.reply(ANA, "way 10")
    assert answer == "Muster: you are expected in 10 min. Acknowledge INC-1 when you are there."
    answer = await world.slack.twilio.reply(ANA, f"way {code}")
    assert answer == (
        "Muster: INC-1: You said already that you are on the way: once a page. Acknowledge it, or escalate "
        "it now. Reply 1 INC-1, or no INC-1."
    )
    await world.pass_minutes(9)
    assert [call for call in world.slack.twilio.calls if call.to == ANA] == []

    answer = await world.slack.twilio.reply(ANA, "no inc-1")
    await world.settle()
    assert answer == "Muster: @ines is called now."
    assert await waiting(world, "ines")
    assert "cannot take the page for EOC" in "\n".join(world.texts("dev", "inc-1-disk-full"))


async def test_of_several_pages_a_reply_names_one(world: World):
    await texted(world)
    code = await texted(world)

    answer = await world.slack.twilio.reply(ANA, "ack")
    assert answer == (
        "Muster: 2 pages wait for you, so nothing was acknowledged. "
        "Reply 1 INC-1 or 1 INC-2 or the two letters in the text."
    )
    assert (await world.slack.twilio.reply(ANA, code)).startswith("Muster: you acknowledged INC-2")
    assert (await world.slack.twilio.reply(ANA, "ack")).startswith("Muster: you acknowledged INC-1")
    assert await world.slack.twilio.reply(ANA, "ack") == (
        "Muster: no page waits for you, so nothing was acknowledged."
    )


async def test_a_late_reply_says_where_the_page_is_and_changes_nothing(world: World):
    code = await texted(world)
    await world.pass_minutes(12)
    assert await waiting(world, "ines")

    for reply in (code, "1 INC-1"):
        answer = await world.slack.twilio.reply(ANA, reply)
        assert answer.startswith("Muster: INC-1: This page has moved on: now it is with @ines")
    await world.settle()

    assert await waiting(world, "ines")


async def test_a_reply_to_what_somebody_else_answered_says_so(world: World):
    code = await texted(world)
    await acknowledged(world)

    assert await world.slack.twilio.reply(ANA, code) == "Muster: INC-1: You acknowledged this page already."


async def test_a_number_that_is_nobodys_or_somebody_elses_acknowledges_nothing(world: World):
    code = await texted(world)

    assert await world.slack.twilio.reply(STRANGER, code) == ""
    assert await world.slack.twilio.reply(STRANGER, "1 INC-1") == ""
    assert "you acknowledged" not in await world.slack.twilio.reply(LENA, "1 INC-1")
    await world.settle()

    assert await waiting(world)


async def test_a_reply_that_comes_again_acknowledges_no_later_page(world: World):
    await texted(world)
    await world.slack.twilio.reply(ANA, "ack")
    url, fields, headers = world.slack.twilio.sent[-1]
    await texted(world)

    status, twiml = await world.slack.twilio.post(url, fields, headers)
    await world.settle()

    assert (status, twiml) == (200, "<Response />")
    assert await waiting(world)


@pytest.mark.faults
async def test_a_forged_reply_changes_nothing(world: World):
    code = await texted(world)
    twilio = world.slack.twilio
    said = {"MessageSid": "SM1", "From": ANA, "Body": code}

    for headers in ({}, {"X-Twilio-Signature": "AAAA"}):
        assert (await twilio.post(twilio.sms_url, said, headers))[0] == 403

    assert await waiting(world)


@pytest.mark.parametrize("end", ["undelivered", "failed"])
async def test_a_text_that_does_not_arrive_hurries_the_call(world: World, end: str):
    world.slack.twilio.texts_end[ANA] = end
    await world.declare(severity="S2")

    await world.pass_minutes(3.1)

    [call] = world.slack.twilio.calls
    assert call.to == ANA
    assert await waiting(world)


async def test_methods_that_fail_one_after_the_other_do_not_hurry_each_other_for_ever(world: World):
    twilio = world.slack.twilio
    twilio.texts_end[ANA], twilio.calls_end[ANA] = "undelivered", "busy"
    await world.declare(severity="S2")

    await world.pass_minutes(4.8)

    reported = [fields.get("MessageStatus") or fields["CallStatus"] for _, fields, _ in twilio.sent]
    assert reported == ["undelivered", "busy"]


async def test_what_became_of_a_text_is_recorded(world: World):
    await texted(world)

    found = [await world.muster.uow.read(reports.of_notification, one) for one in range(1, 20)]

    assert [one for one in found if one] == [["delivered"]]


@pytest.mark.faults
async def test_a_number_that_twilio_never_takes_is_given_up_and_the_next_method_leaves_at_once(world: World):
    world.slack.twilio.status = 400
    await world.declare(severity="S2")

    await world.pass_minutes(3.1)

    timeline = "\n".join(world.texts("dev", "inc-1-disk-full"))
    assert "could not leave by sms" in timeline
    assert "could not leave by call" in timeline
    assert await waiting(world)


@pytest.mark.faults
async def test_a_number_that_unsubscribed_is_called_at_once_and_reads_how_to_subscribe(world: World):
    await texted(world)
    twilio = world.slack.twilio
    assert await twilio.reply(ANA, "Stop") == ""
    assert await waiting(world)
    await world.declare(severity="S2", name="Slow")
    await world.pass_minutes(3.1)

    why = plain(await asks(world, "ana", "why", "general"))
    assert "it answered 400 (21610: the number unsubscribed by STOP, text START from it)" in why
    assert "• call: taken 12:06 UTC" in why
    assert await twilio.reply(ANA, "START") == ""
    await world.declare(severity="S2", name="Slower")
    await world.pass_minutes(3.1)
    assert "• sms: taken" in plain(await asks(world, "ana", "why", "general"))


async def test_a_reply_that_names_no_page_of_theirs_says_which_waits(world: World):
    code = await texted(world)
    other = "QQ" if code != "QQ" else "KK"

    for reply in (other, "1 INC-99", "no inc-99", "way INC-99"):
        answer = await world.slack.twilio.reply(ANA, reply)
        assert answer == (
            "Muster: that is no page of yours, so nothing was acknowledged. "
            f"Waiting: INC-1, reply 1 INC-1 or {code}."
        )
    assert await waiting(world)


async def test_a_reply_about_a_private_incident_whose_person_was_removed_tells_nothing_of_it(world: World):
    code = await texted(world, visibility="private")
    await world.person("dev").kick("inc-1-disk-full", "ana")
    await world.settle()

    for reply in (code, "1 INC-1", "no INC-1", "way INC-1"):
        assert await world.slack.twilio.reply(ANA, reply) == (
            "Muster: no page waits for you, so nothing was acknowledged."
        )
