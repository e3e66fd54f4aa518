"""A problem that may be an incident: announced for triage, accepted or declined."""

import pytest

from sandbox.person import Person
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, Json, answer, asks, buttons, card, inc, presses, shown, told

TRIAGE = "incidents-dotcom-triage"


async def test_a_problem_waits_in_the_triage_channel_and_pages_nobody(world: World):
    dev = await world.declare(status="triage", severity="S1")

    asked = _asked(world.person("ana"))
    assert "*Is this an incident?*\n> INC-1 Disk full" in shown(asked)
    assert buttons(asked)[:2] == ["Accept", "Decline"]
    assert all(world.person(name).dm() == [] for name in ("ana", "ines", "carla"))
    assert told(world.person("lena"), "incidents") == told(world.person("lena"), "incidents-dotcom") == []
    assert "You reported for triage INC-1 Disk full" in shown(dev.dm()[0])
    assert "Triage" in shown(card(dev))


async def test_without_a_decision_the_eoc_who_was_mentioned_is_paged(world: World):
    await world.declare(status="triage", severity="S3")
    ana = world.person("ana")
    mentioned = f"<@{ana.id}>, please accept or decline. Without a decision in 15 min you are paged."
    assert mentioned in shown(_asked(ana))

    await world.pass_minutes(15)

    paged = ana.dm()[-1]
    assert "*You are paged* for *INC-1 Disk full*" in shown(paged)
    assert "for triage, and nobody has decided yet. Is it an incident? `/inc accept INC-1`" in shown(paged)
    assert any("nobody has decided whether this is an incident" in one for one in told(world.person("dev")))
    for said in (shown(_asked(ana)), shown(world.person("dev").dm()[0])):
        assert "Paging ana" in said
        assert "Without a decision" not in said
        assert "without a decision" not in said

    await _by_command(world, ana, "Decline")

    assert "This page was cancelled" in shown(ana.dm()[-1])


async def test_who_acknowledged_a_triage_decides_from_their_messages(world: World):
    await world.declare(status="triage", severity="S1")
    ana = world.person("ana")
    await world.pass_minutes(5)
    await presses(world, ana, ana.dm()[-1], "Acknowledge")
    assert buttons(ana.dm()[-1]) == ["Accept", "Decline"]

    await world.pass_minutes(5)
    asked = ana.dm()[-1]
    assert "*Is INC-1 Disk full an incident?* You acknowledged it. Please decide" in shown(asked)
    await presses(world, ana, asked, "Accept")
    await world.settle_down()

    assert [buttons(one) for one in ana.dm()[:2]] == [[], []]
    assert "You are paged" in shown(world.person("ines").dm()[-1])


def _asked(person: Person) -> Json:
    """Return the question in the triage channel, or what became of it."""
    return next(one for one in person.messages(TRIAGE) if one.get("bot_id") and not one.get("is_ephemeral"))


async def _by_button(world: World, ana: Person, label: str) -> None:
    await presses(world, ana, _asked(ana), label, confirm=True)


async def _in_its_channel(world: World, ana: Person, label: str) -> None:
    await ana.join(CHANNEL)
    await presses(world, ana, card(ana), label, confirm=True)


async def _by_command(world: World, ana: Person, label: str) -> None:
    await inc(world, "ana", f"{label.lower()} INC-1", "general")


WAYS = pytest.mark.parametrize("way", [_by_button, _in_its_channel, _by_command])


@WAYS
async def test_accepted_it_is_announced_and_pages_like_any_other(world: World, way):
    await world.declare(status="triage", severity="S1")
    ana = world.person("ana")

    await way(world, ana, "Accept")

    if way is _by_command:
        who = ", ".join(
            f"<@{world.person(one).id}> ({role})"
            for one, role in (("ana", "EOC"), ("ines", "IM"), ("carla", "CMOC"))
        )
        assert answer(ana, "general")["text"].endswith(f"Investigating. Paged: {who}.")
    paged = [world.person(name).dm()[-1] for name in ("ana", "ines", "carla")]
    assert all("*You are paged* for *INC-1 Disk full*" in shown(one) for one in paged)
    assert "ana accepted it: this is an incident. It is Investigating now.\n> INC-1" in shown(_asked(ana))
    assert "Accept" not in buttons(_asked(ana))
    assert "S1 Critical · Investigating" in shown(ana.messages("incidents")[-1])
    assert any("accepted it: this is an incident" in text for text in told(world.person("dev")))
    assert "Update" in buttons(card(world.person("dev")))


@WAYS
async def test_declined_it_pages_nobody_and_says_so(world: World, way):
    dev = await world.declare(status="triage", severity="S1")
    ana = world.person("ana")

    await way(world, ana, "Decline")

    assert ana.dm() == []
    assert "ana declined it: this is no incident." in shown(_asked(ana))
    assert told(world.person("ana"), "incidents") == []
    assert any("this is no incident" in text for text in told(world.person("dev")))
    assert "It was declined" in shown(dev.dm()[0])
    assert "No incident is open" in (await asks(world, "dev", "list", "general"))["text"]


async def test_decline_asks_for_a_confirmation(world: World):
    await world.declare(status="triage")
    ana = world.person("ana")

    seen = await ana.click(_asked(ana), text="Decline")

    assert seen.message
    assert seen.message["confirm"]["title"]["text"] == "Decline it?"
    assert "Is this an incident?" in shown(_asked(ana))


async def test_who_decides_second_is_told_what_was_decided(world: World):
    await world.declare(status="triage")
    ana, bo = world.person("ana"), world.person("bo")
    before = _asked(ana)
    world.slack.latency = 0.05

    await ana.click(before, text="Accept")
    await bo.click(before, text="Decline", confirm=True)
    world.slack.latency = 0
    await world.settle()

    assert "only a triaged problem is accepted or declined" in answer(bo, TRIAGE)["text"]
    assert len(ana.dm()) == 1


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("accept", "Which problem?"),
        ("accept INC-9", "I know no incident `INC-9`."),
        ("decline INC-1", "INC-1 is Investigating: only a triaged problem"),
    ],
)
async def test_what_cannot_be_decided_is_explained(world: World, command: str, says: str):
    await world.declare()

    answered = await asks(world, "ana", command, "general")

    assert answered["text"].startswith(says)


async def test_updates_wait_until_the_problem_is_an_incident(world: World):
    dev = await world.declare(status="triage")

    answered = await asks(world, "dev", "update It is slow")

    assert "is in Triage" in answered["text"]
    assert dev.modal is None
