"""Asking for help: a team is paged because somebody wants it; and taking a page that calls another."""

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    acknowledged,
    answer,
    asks,
    buttons,
    card,
    deactivates,
    inc,
    presses,
    sends,
    shown,
    told,
    whole_panel,
)

CMOC, IMOC, LEADERS = "dotcom CMOC", "dotcom IMOC", "dotcom leadership escalation"


@pytest.mark.parametrize(
    ("typed", "team"),
    [("", None), ("dotcom IMOC", IMOC), ("imoc", IMOC), ("CMOC", CMOC), ("leadership", LEADERS)],
)
async def test_a_team_can_be_named_in_full_in_part_or_not_at_all(world: World, typed: str, team: str | None):
    await world.declare()

    dev = await inc(world, "dev", f"escalate {typed}")

    assert dev.modal
    teams = next(block for block in dev.modal["blocks"] if block.get("block_id") == "teams")
    assert teams["label"]["text"] == "On-call teams"
    chosen = [one["value"] for one in teams["element"].get("initial_options", [])]
    assert chosen == ([team] if team else [])
    assert "Notification message" in shown(dev.modal)


async def test_a_person_named_like_a_part_of_a_team_is_no_team(world: World):
    ana = world.person("ana")

    dev = await inc(world, "dev", "page ana", "general")

    assert dev.modal
    assert await sends(world, dev, message="We need you") == {}
    assert "Why you: <@" in shown(ana.dm()[0])
    assert "asked for you by name" in shown(ana.dm()[0])


async def test_a_person_is_paged_by_name_until_they_answer_and_nobody_but_the_asker_is_told(world: World):
    await world.declare(severity="S3")
    await acknowledged(world, "ana")
    carla, before = world.person("carla"), len(world.person("lena").dm())

    answered = await asks(world, "ana", "escalate @carla You know the <!here> load balancer")
    await world.settle()

    assert "Subject Matter Expert, is paged now and has until" in answered["text"]
    assert buttons(answered) == ["Stop this page"]
    assert "You know the &lt;!here&gt; load balancer" in shown(carla.dm()[0])
    assert buttons(carla.dm()[0]) == ["Acknowledge"]
    await world.pass_minutes(16)
    await world.pass_minutes(16)
    said = [shown(one) for one in world.person("ana").dm()]
    assert sum("has not answered your page for INC-1" in one for one in said) == 1
    assert len(world.person("lena").dm()) == before
    await acknowledged(world, "carla")
    assert "Subject Matter Expert" not in shown(await asks(world, "ana", "roles"))
    again = await asks(world, "ana", "escalate @carla Once more")
    assert "is at work on INC-1 already" in again["text"]


async def test_whoever_asked_for_a_person_by_name_stops_the_page_when_they_do_not_answer(world: World):
    await inc(world, "ana", "escalate @carla", "general")
    await sends(world, world.person("ana"), message="You know the load balancer")
    await world.pass_minutes(16)
    (told,) = [one for one in world.person("ana").dm() if "has not answered your page" in shown(one)]

    await presses(world, world.person("ana"), told, "Stop this page")

    assert "is not paged any more" in answer(world.person("ana"), told["channel"])["text"]
    assert "This page was cancelled" in shown(world.person("carla").dm()[-1])
    posted = len(world.person("carla").dm())
    await world.pass_minutes(40)
    assert len(world.person("carla").dm()) == posted


@pytest.mark.parametrize("typed", ["dotcom", "pizza", "<!channel> `x`"])
async def test_a_team_that_does_not_exist_is_answered_with_those_that_do(world: World, typed: str):
    answered = await asks(world, "dev", f"escalate {typed}", "general")

    assert answered["text"].startswith("I know no team")
    assert LEADERS in answered["text"]
    assert world.person("dev").modal is None


async def test_in_a_channel_the_paged_person_reads_who_asks_and_why(world: World):
    await world.declare()
    dev = await inc(world, "dev", "escalate cmoc")

    assert await sends(world, dev, message="Customers *ask*, and <!here> is quiet") == {}

    carla = world.person("carla")
    paged = shown(carla.dm()[0])
    for words in ("INC-1 Disk full", f"<@{dev.id}> asks for you", "Customers *ask*, and &lt;!here&gt;"):
        assert words in paged
    assert buttons(carla.dm()[0]) == ["Acknowledge", "Escalate now"]
    assert dev.modal is None
    assert any(
        "carla is paged as Communications Manager On Call (dotcom CMOC)" in text
        for text in told(world.person("dev"))
    )
    assert "Paging carla, Communications Manager On Call (dotcom CMOC)" in shown(card(dev))
    assert carla.id in world.slack.workspace.channel(CHANNEL).members


@pytest.mark.parametrize(
    ("typed", "who", "team", "role"),
    [
        ("security", "selma", "Security on-call", "Security"),
        ("release", "rosa", "Release managers", "Release Manager"),
    ],
)
async def test_the_specialists_are_paged_and_after_them_the_leadership(
    world: World, typed: str, who: str, team: str, role: str
):
    await world.declare()
    dev = await inc(world, "dev", f"escalate {typed}")
    assert f"{team}: <@{world.person(who).id}>" in shown(dev.modal)
    assert await sends(world, dev, message="Please have a look") == {}
    assert f"{role}: nobody" in shown(await asks(world, "dev", "roles"))

    await world.pass_minutes(15)
    assert f"Paging lena, Infrastructure Leader ({LEADERS})" in shown(card(dev))
    await inc(world, who, "ack")

    assert f"{role}: <@{world.person(who).id}>" in shown(await asks(world, "dev", "roles"))
    assert f"*{team}*" in shown(await asks(world, "dev", "oncall"))


async def test_outside_an_incident_can_be_chosen(world: World):
    await world.declare()
    ren = await inc(world, "ren", "escalate cmoc", "general")

    assert await sends(world, ren, message="Please write something", incident="INC-1 Disk full") == {}

    assert "INC-1 Disk full" in shown(world.person("carla").dm()[0])
    assert f"<@{world.person('carla').id}>" in shown(ren.modal)
    assert any("Please write something" in text for text in told(world.person("dev")))


async def test_without_an_incident_the_page_climbs_and_leads_to_whoever_asked(world: World):
    ren = await inc(world, "ren", "escalate imoc", "general")
    assert list(await sends(world, ren)) == ["message"]
    assert await sends(world, ren, message="A journalist calls") == {}
    ines, lena = world.person("ines"), world.person("lena")
    assert "dotcom IMOC, outside any incident" in shown(ines.dm()[0])

    await world.pass_minutes(15)
    await acknowledged(world, "lena")

    assert "A journalist calls" in shown(lena.dm()[0])
    assert f"Now talk to <@{ren.id}>" in shown(lena.dm()[0])
    assert f"<@{lena.id}> acknowledged this page" in shown(ines.dm()[0])


async def test_when_nobody_is_on_call_the_next_level_is_paged_and_the_asker_is_told(world: World):
    await deactivates(world, "carla", "chen")
    await world.declare()

    dev = await inc(world, "dev", "escalate cmoc")
    assert "Nobody on call now" in shown(dev.modal)
    await sends(world, dev, message="Customers ask")

    ines = world.person("ines").id
    said = shown(dev.dm()[-1])
    assert "Nobody is on call for dotcom CMOC, so I paged the next level" in said
    assert f"<@{ines}>, Incident Manager (dotcom IMOC)" in said
    assert "You are paged" in shown(world.person("ines").dm()[0])
    assert any("Nobody is on call for dotcom CMOC" in text for text in told(world.person("dev")))


async def test_a_team_that_is_being_paged_is_not_paged_twice(world: World):
    await world.declare()
    dev = await inc(world, "dev", "escalate dotcom EOC")

    problems = await sends(world, dev, message="Please")

    assert "is being paged for INC-1 already" in problems["teams"]
    assert len(world.person("ana").dm()) == 1


async def test_escalating_skips_the_wait(world: World):
    await world.declare()
    ana, ines = world.person("ana"), world.person("ines")

    await presses(world, ana, ana.dm()[0], "Escalate now")

    assert "You are paged" in shown(ines.dm()[0])
    assert "moved on to the next level" in shown(ana.dm()[0])
    assert (
        f"<@{ines.id}>, Incident Manager (dotcom IMOC), is paged now"
        in answer(ana, ana.dm()[0]["channel"])["text"]
    )
    by_hand = "ana escalated the page for Engineer On Call (dotcom EOC) without waiting"
    assert any(by_hand in text for text in told(world.person("dev")))


async def test_the_card_and_the_reporter_follow_the_page(world: World):
    dev = await world.declare()

    await world.pass_minutes(15)

    assert "Paging ines, Incident Manager (dotcom IMOC)" in shown(card(dev))
    assert "Paging ines, Incident Manager (dotcom IMOC)" in shown(dev.dm()[0])
    await acknowledged(world, "ines")
    assert "Paging" not in shown(card(dev))
    assert "ines (IM) acknowledged and is at work on it" in shown(dev.dm()[0])


async def test_after_a_reopening_the_reporter_waits_for_who_is_paged_anew(world: World):
    dev = await world.declare()
    await acknowledged(world)
    await asks(world, "ana", "resolve fix")
    await asks(world, "ana", "reopen Full again")
    await inc(world, "ana", "role IM me")  # at work again, and not as whom the page calls
    await inc(world, "ana", "status Fixing")  # which draws the message anew

    assert "acknowledged and is at work on it" not in shown(dev.dm()[0])
    assert "Paging ana" in shown(dev.dm()[0])


async def test_the_reporter_waits_for_the_engineer_and_for_nobody_else(world: World):
    dev = await world.declare(severity="S1")

    await acknowledged(world, "carla")
    assert "Paging ana" in shown(dev.dm()[0])
    await acknowledged(world, "ana")

    assert "ana (EOC) acknowledged and is at work on it" in shown(dev.dm()[0])


async def test_somebody_else_takes_a_page_after_a_confirmation(world: World):
    await world.declare()
    ren = world.person("ren")
    await ren.join(CHANNEL)
    panel = await whole_panel(world, "ren")

    seen = await ren.click(panel, text="Take this page")
    assert seen.message
    assert "The paging stops, and you answer for it" in seen.message["confirm"]["text"]["text"]
    await presses(world, ren, panel, "Take this page", confirm=True)

    ana = world.person("ana")
    assert f"*<@{ren.id}> acknowledged this page*" in shown(ana.dm()[0])
    assert any("ren acknowledged* as EOC instead of ana" in t for t in told(world.person("dev")))
    assert "Lead: ren" in shown(card(ren))


async def test_ack_answers_the_only_page_that_calls_me(world: World):
    await world.declare()

    answered = await asks(world, "ana", "ack", "general")

    assert "You acknowledged the page for INC-1 Disk full. You lead it now." in answered["text"]
    assert "You acknowledged this page" in shown(world.person("ana").dm()[0])


async def test_ack_here_answers_the_page_of_this_channel(world: World):
    await world.declare()
    await world.declare(name="Mail is slow")

    await inc(world, "ana", "ack", "inc-2-mail-is-slow")

    first, second = world.person("ana").dm()
    assert "You are paged" in shown(first)
    assert "You acknowledged this page" in shown(second)


async def test_ack_offers_a_choice_when_several_pages_call_me(world: World):
    await world.declare()
    await world.declare(name="Mail is slow")
    ana = world.person("ana")

    offered = await asks(world, "ana", "ack", "general")
    assert "More than one page waits for you" in shown(offered)
    await ana.click(offered, text="Acknowledge")
    await world.settle()

    states = ["You acknowledged" in shown(one) for one in ana.dm()[:2]]
    assert states == [True, False]


async def test_ack_offers_a_strangers_page_with_a_confirmation(world: World):
    await world.declare()
    ren = world.person("ren")
    await ren.join(CHANNEL)

    offered = await asks(world, "ren", "ack")
    assert "No page here waits for you, but others do" in shown(offered)
    assert (await ren.click(offered, text="Take this page")).message
    await presses(world, ren, offered, "Take this page", confirm=True)

    assert f"<@{ren.id}> acknowledged this page" in shown(world.person("ana").dm()[0])


async def test_ack_with_nothing_to_answer_says_where_to_look(world: World):
    nothing = await asks(world, "ana", "ack", "general")
    await world.declare()
    await acknowledged(world)
    done = await asks(world, "ana", "ack")

    assert "No page waits for you" in nothing["text"]
    assert "No page of INC-1 waits for an answer" in done["text"]


async def test_a_page_answered_meanwhile_says_who_was_first(world: World):
    await world.declare()
    ren, ana = world.person("ren"), world.person("ana")
    await ren.join(CHANNEL)
    offered = await asks(world, "ren", "ack")
    await acknowledged(world)

    await presses(world, ren, offered, "Take this page", confirm=True)

    assert answer(ren)["text"] == f"<@{ana.id}> acknowledged this page already."
    assert buttons(answer(ren)) == ["Who does what", "Page a team"]
    await presses(world, ren, answer(ren), "Who does what")
    assert f"EOC: <@{ana.id}>" in answer(ren)["text"]


@pytest.mark.parametrize(
    ("severity", "answering", "leads"),
    [
        ("S3", ["ana"], "ana"),
        ("S1", ["ana"], "ana"),
        ("S1", ["ana", "ines"], "ines"),
        ("S1", ["ines", "ana"], "ines"),
        ("S1", ["carla"], "dev"),
    ],
)
async def test_the_lead_moves_to_whoever_engages(
    world: World, severity: str, answering: list[str], leads: str
):
    dev = await world.declare(severity=severity)

    for name in answering:
        await acknowledged(world, name)

    assert f"Lead: {leads}" in shown(card(dev))
    assert all(buttons(world.person(name).dm()[0]) == [] for name in answering)


async def test_the_page_leads_into_the_channel_and_a_silent_engineer_is_asked_outside(world: World):
    await world.declare()
    ana = world.person("ana")
    assert f"Channel: <#{world.slack.workspace.channel(CHANNEL).id}>" in shown(ana.dm()[0])

    await world.pass_minutes(15)

    asked = shown(ana.messages("incidents-dotcom")[-1])
    assert f"<@{ana.id}>, the page for INC-1 Disk full got no answer" in asked
    assert "Are you available" in asked


async def test_an_engineer_who_was_deactivated_is_not_asked(world: World):
    dev = await world.declare()

    await deactivates(world, "bo", "ana")
    await world.pass_minutes(1)

    assert "You are paged" in shown(world.person("ines").dm()[0])
    everywhere = [*dev.messages(CHANNEL), *dev.messages("incidents-dotcom")]
    assert not [one for one in map(shown, everywhere) if "Are you available" in one]


async def test_nobody_is_said_not_to_have_answered_where_somebody_did_not_wait(world: World):
    dev = await world.declare()
    await inc(world, "dev", "role IM @sam")

    await presses(world, dev, await whole_panel(world, "dev"), "Escalate now")

    everywhere = [*dev.messages(CHANNEL), *dev.messages("incidents-dotcom"), *world.person("sam").dm()]
    assert not [one for one in map(shown, everywhere) if "not answer" in one or "no answer" in one]
    assert "dev escalated the page for EOC without waiting" in told(dev)[-1]


async def test_the_engineer_is_asked_outside_who_was_not_waited_for(world: World):
    dev = await world.declare()

    await presses(world, dev, await whole_panel(world, "dev"), "Escalate now")

    asked = shown(dev.messages("incidents-dotcom")[-1])
    assert "the page for INC-1 Disk full was escalated by dev without waiting for you" in asked
    assert "Are you available" in asked
    why = shown(world.person("ines").dm()[0])
    assert "answered the page" not in why
    assert "the page for dotcom EOC has come up to you" in why


async def test_a_page_is_answered_from_the_direct_messages_by_command(world: World):
    await world.declare()
    where = await world.person("ana").open_dm_with_bot()

    answered = await asks(world, "ana", "ack", where)

    assert "You acknowledged the page for INC-1 Disk full" in answered["text"]


async def test_ack_answers_what_has_moved_on_past_me_wherever_i_am(world: World):
    await world.declare()
    await world.pass_minutes(16)

    answered = await asks(world, "ana", "ack", "general")

    assert "You acknowledged the page for INC-1 Disk full. You lead it now." in answered["text"]
    assert f"<@{world.person('ana').id}> acknowledged this page" in shown(world.person("ines").dm()[0])
    assert "No page waits for you" in (await asks(world, "ana", "ack", "general"))["text"]


async def test_ack_offers_which_of_several_that_have_moved_on_past_me(world: World):
    await world.declare()
    await world.declare(name="Mail is slow")
    await world.pass_minutes(16)

    offered = await asks(world, "ana", "ack", "general")
    assert "INC-1" in shown(offered)
    await presses(world, world.person("ana"), offered, "Take this page", confirm=True)

    assert "You acknowledged the page for INC-1" in answer(world.person("ana"), "general")["text"]


async def test_a_missed_page_says_who_answered_and_then_that_you_answered_late(world: World):
    await world.declare()
    await world.pass_minutes(16)
    ana, ines = world.person("ana"), world.person("ines")

    await acknowledged(world, "ines")
    assert f"<@{ines.id}> acknowledged this page" in ana.dm()[0]["text"]
    assert buttons(ana.dm()[0]) == []

    await inc(world, "ana", "ack")
    assert "You acknowledged this page" in ana.dm()[0]["text"]


async def test_a_missed_page_says_with_whom_it_rests(world: World):
    await world.declare(severity="S1")
    await acknowledged(world, "ines")

    await world.pass_minutes(16)

    ana, ines = world.person("ana"), world.person("ines")
    assert f"This page rests with <@{ines.id}>" in ana.dm()[0]["text"]
    assert buttons(ana.dm()[0]) == []


async def test_who_wakes_late_takes_the_page_back_from_their_own_message(world: World):
    await world.declare()
    await world.pass_minutes(16)
    ana = world.person("ana")
    assert buttons(ana.dm()[0]) == ["Take this page"]

    await presses(world, ana, ana.dm()[0], "Take this page", confirm=True)
    await world.pass_minutes(40)

    assert "EOC: ana" in shown(card(ana))
    assert "You acknowledged this page" in ana.dm()[0]["text"]
    assert buttons(ana.dm()[0]) == []
    assert "ana (EOC) acknowledged and is at work on it" in shown(world.person("dev").dm()[0])
    assert world.person("lena").dm() == []
    assert "acknowledged this page" in shown(world.person("ines").dm()[0])


async def test_the_last_level_is_not_offered_to_escalate(world: World):
    await world.declare()
    ana, ines, lena = (world.person(name) for name in ("ana", "ines", "lena"))
    await presses(world, ana, ana.dm()[0], "Escalate now")
    assert buttons(ines.dm()[0]) == ["Acknowledge", "Escalate now"]
    await presses(world, ines, ines.dm()[0], "Escalate now")

    assert buttons(lena.dm()[0]) == ["Acknowledge"]
