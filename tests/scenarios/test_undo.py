"""Undo, as people type and press it: by who did it, for five minutes."""

import asyncio

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    Json,
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
)

TYPED = [
    ("severity S2", "INC-1 is S3 again."),
    ("status Fixing", "INC-1 is Investigating again."),
    ("public Partial Service Disruption", "The public status of INC-1 is Operational again."),
    ("lead @Ana", "leads INC-1 as before"),
    ("role IM @Ines", "nobody is IM of INC-1 again."),
    ("field blocks-deployments yes", "Blocks Deployments of INC-1 is as before."),
    ("rename Disk very full", "INC-1 is called Disk full again."),
]


def called(typed: str) -> str:
    return typed.split(maxsplit=1)[0]


@pytest.mark.parametrize(("typed", "said"), TYPED, ids=[called(one) for one, _ in TYPED])
async def test_a_typed_change_is_undone_by_its_button(world: World, typed: str, said: str) -> None:
    dev = await world.declare()
    await world.settle_down()
    before = shown(card(dev))
    confirmation = await asks(world, "dev", typed)
    assert buttons(confirmation)[-1] == "Undo"

    await presses(world, dev, confirmation, "Undo")

    assert said in shown(answer(dev))
    await world.settle_down()
    if called(typed) != "role":  # who was called for it is called again, and by then it is later
        assert shown(card(dev)) == before
    assert "undid it: " in shown(await asks(world, "dev", "timeline all"))


@pytest.mark.parametrize("typed", [one for one, _ in TYPED], ids=[called(one) for one, _ in TYPED])
@pytest.mark.parametrize(
    "undo",
    ["undo", "undo {word}", "undo INC-1", "INC-1 undo {word}"],
    ids=["last", "word", "after", "before"],
)
async def test_a_typed_change_is_undone_by_words(world: World, typed: str, undo: str) -> None:
    await world.declare()
    await inc(world, "dev", typed)
    outside = "INC-1" in undo

    said = await asks(world, "dev", undo.format(word=called(typed)), "general" if outside else CHANNEL)

    assert shown(said).startswith("Undone: ")
    again = await asks(world, "dev", "undo")
    assert "nothing of yours to undo" in shown(again)


async def test_those_whom_an_undone_raise_called_read_why_they_are_not_paged(world: World) -> None:
    dev = await world.declare()
    await acknowledged(world)
    confirmation = await asks(world, "dev", "severity S2")
    assert "You are paged" in shown(world.person("ines").dm()[0])

    await presses(world, dev, confirmation, "Undo")

    for name in ("ines", "carla"):
        message = world.person(name).dm()[0]
        assert "undid the change of severity for which you were paged" in shown(message)
        assert buttons(message) == []
    assert "are not paged for it any more" in shown(answer(dev))
    assert any("undid it: the severity is *S3* again" in one for one in told(dev))


async def test_an_undone_public_status_lets_go_whom_it_called_and_calls_for_no_notice(world: World) -> None:
    dev = await world.declare()
    confirmation = await asks(world, "dev", "public outage")
    assert "Customers should hear of it by" in shown(confirmation)
    await world.stop()
    await world.start()

    await presses(world, dev, confirmation, "Undo")

    assert "is not paged for it any more" in shown(answer(dev))
    assert "Nobody is asked to tell customers any more" in shown(answer(dev))
    message = world.person("ines").dm()[0]
    assert "undid the change of public status for which you were paged" in shown(message)
    assert buttons(message) == []
    assert any("undid it: the public status is *Operational* again (was" in one for one in told(dev))
    assert "Page IM" not in str(buttons(card(dev)))
    await world.pass_minutes(61)
    assert not any("customers" in shown(one).lower() for one in dev.dm())


FORMS = [
    ("severity", {"severity": "S2"}, "INC-1 is S3 again."),
    ("status", {"status": "Fixing"}, "INC-1 is Investigating again."),
    ("public", {"public_status": "Degraded Performance"}, "public status of INC-1 is Operational again"),
    ("role", {"role": "IM", "person": "ines"}, "nobody is IM"),
    ("rename", {"name": "Disk very full"}, "called Disk full again"),
    ("lead", {"person": "ana"}, "leads INC-1 as before"),
]


@pytest.mark.parametrize(("word", "entered", "said"), FORMS, ids=[one for one, *_ in FORMS])
async def test_a_form_is_confirmed_in_private_with_its_undo(
    world: World, word: str, entered: Json, said: str
) -> None:
    dev = await world.declare()
    await inc(world, "dev", word)
    assert await sends(world, dev, **entered) == {}
    confirmation = answer(dev)
    assert buttons(confirmation)[-1] == "Undo"

    await presses(world, dev, confirmation, "Undo")

    assert said in shown(answer(dev))


async def test_an_update_that_changed_severity_and_status_is_undone_step_by_step(world: World) -> None:
    dev = await world.declare()
    await inc(world, "dev", "update")
    assert await sends(world, dev, text="It is worse", severity="S2", status="Fixing") == {}
    confirmation = answer(dev)
    assert "INC-1 is now S2, Fixing" in shown(confirmation)

    await presses(world, dev, confirmation, "Undo")
    assert "INC-1 is Investigating again." in shown(answer(dev))
    assert "INC-1 is S3 again." in shown(await asks(world, "dev", "undo"))


async def test_who_was_handed_the_lead_is_told_in_private(world: World) -> None:
    await world.declare()
    await inc(world, "dev", "lead @Ines")

    await inc(world, "dev", "undo lead")

    assert "undid that you were given the lead" in shown(world.person("ines").dm()[-1])


async def test_nothing_is_undone_after_five_minutes_or_by_another(world: World) -> None:
    dev = await world.declare()
    confirmation = await asks(world, "dev", "status Fixing")
    assert "nothing of yours to undo" in shown(await asks(world, "ana", "undo"))
    await world.pass_minutes(5.1)

    await presses(world, dev, confirmation, "Undo")

    refused = answer(dev)
    assert "more than 5 minutes ago" in shown(refused)
    assert buttons(refused) == ["Set it to Investigating"]


async def test_what_was_changed_since_is_shown_as_it_is(world: World) -> None:
    dev = await world.declare()
    confirmation = await asks(world, "dev", "status Fixing")
    await inc(world, "ana", "status Monitoring")

    await presses(world, dev, confirmation, "Undo")

    assert "Now it is: Monitoring." in shown(answer(dev))
    assert "Monitoring" in shown(card(dev))


async def test_two_presses_at_once_undo_once(world: World) -> None:
    dev = await world.declare()
    confirmation = await asks(world, "dev", "status Fixing")

    # Both before the answer to the first has edited the button away.
    await asyncio.gather(*(dev.click(confirmation, text="Undo") for _ in range(2)))
    await world.settle()

    assert [one for one in told(dev) if "undid it" in one] == [told(dev)[-1]]


async def test_undo_works_after_a_restart(world: World) -> None:
    dev = await world.declare()
    confirmation = await asks(world, "dev", "severity S2")
    await world.stop()
    await world.start()

    await presses(world, dev, confirmation, "Undo")

    assert "INC-1 is S3 again." in shown(answer(dev))


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        (["resolve fix"], "back"),
        (["cancel A test"], "back"),
        (["resolve fix", "close"], "correct"),
    ],
    ids=["resolve", "cancel", "close"],
)
async def test_what_ended_an_incident_is_reopened_instead(
    world: World, words: list[str], chosen: str
) -> None:
    dev = await world.declare()
    for one in words:
        confirmation = await asks(world, "dev", one)
    assert "Undo" in buttons(confirmation)
    for opens in ("press", "type"):
        if opens == "press":
            await presses(world, dev, confirmation, "Undo")
        else:
            await inc(world, "dev", "undo")
        assert dev.modal
        assert dev.modal["title"]["text"] == "Reopen INC-1"
        which = next(one for one in dev.modal["blocks"] if one.get("block_id") == "which")
        assert which["element"]["initial_option"]["value"] == chosen

    assert await sends(world, dev, reason="By mistake") == {}

    assert "Investigating" in shown(card(dev))


async def test_undo_of_a_severity_is_refused_once_it_ended(world: World) -> None:
    dev = await world.declare()
    confirmation = await asks(world, "dev", "severity S2")
    await inc(world, "dev", "resolve fix")

    await presses(world, dev, confirmation, "Undo")

    assert "its severity stays" in shown(answer(dev))


async def test_what_cannot_be_undone_is_named(world: World) -> None:
    await world.declare()

    refused = await asks(world, "dev", "undo the world")

    assert "What can be undone: severity, status, public status, lead, role, field, name." in shown(refused)
    assert buttons(refused) == ["Undo the last"]


async def test_whoever_left_the_workspace_or_a_private_incident_undoes_nothing(world: World) -> None:
    dev = await world.declare(visibility="private")
    await dev.invite(CHANNEL, "bo")
    await inc(world, "bo", "rename Stolen passkey")
    await dev.kick(CHANNEL, "bo")
    await world.settle()

    refused = await asks(world, "bo", "undo INC-1", "general")

    assert "I know no incident `INC-1`" in shown(refused)
    await deactivates(world, "bo")
    assert "Stolen passkey" in shown(card(dev))


async def test_the_panel_of_who_changed_something_has_the_button_while_it_can_be_undone(world: World) -> None:
    dev = await world.declare()
    await asks(world, "dev", "severity S2")

    assert "Undo the severity" not in buttons(await asks(world, "ana", ""))
    panel = await asks(world, "dev", "")
    assert buttons(panel).count("Undo the severity") == 1
    await presses(world, dev, panel, "Undo the severity")
    assert "INC-1 is S3 again" in shown(answer(dev))

    assert "Undo the severity" not in buttons(await asks(world, "dev", ""))
    await asks(world, "dev", "status Fixing")
    assert "Undo the status" in buttons(await asks(world, "dev", ""))
    await world.pass_minutes(6)
    assert "Undo the status" not in buttons(await asks(world, "dev", ""))
