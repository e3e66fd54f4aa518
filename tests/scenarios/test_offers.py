"""Handing a page to a person who accepts it, through Slack."""

import asyncio
import json
import re

from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    answer,
    asks,
    buttons,
    card,
    deactivates,
    inc,
    plain,
    presses,
    sends,
    shown,
)
from tests.scenarios.test_page_answers import chooses

HAND = "Hand it to"
PRIVATE = {"visibility": "private", "summary": "A key was stolen"}


async def offers(world: World, who: str, to: str, **more: str) -> dict[str, str]:
    """Have somebody offer their page, and return what the form complains of."""
    person = world.person(who)
    await chooses(world, who, person.dm()[-1], HAND)
    return await sends(world, person, person=world.person(to).id, **more)


async def test_it_stays_with_the_first_until_the_other_accepts_also_after_a_restart(world: World):
    await world.declare()
    ana, ren = world.person("ana"), world.person("ren")
    await chooses(world, "ana", ana.dm()[0], HAND)
    assert list(await sends(world, ana, person=ana.id)) == ["person"]
    assert await sends(world, ana, person=ren.id, words="On a train <!channel>") == {}

    asked = ren.dm()[-1]
    assert buttons(asked) == ["Accept", "Decline"]
    assert "asks you to take a page over*: INC-1 Disk full" in shown(asked)
    assert "On a train &lt;!channel&gt;" in shown(asked)
    assert re.search(r"Until \*.*:15.*\* it waits for", plain(asked)), plain(asked)[-400:]
    assert "then Incident Manager (dotcom IMOC) is paged" in shown(asked)
    assert f"You asked <@{ren.id}> to take it: it stays with you" in shown(ana.dm()[0])
    assert "Acknowledge" in buttons(ana.dm()[0])
    assert f"Paging <@{ana.id}>" in shown(card(ana, CHANNEL)) or "Paging ana" in shown(card(ana, CHANNEL))

    await world.stop()
    await world.start()
    pressed = ren.dm()[-1]
    await asyncio.gather(*(ren.click(pressed, text="Accept") for _ in range(2)))
    await world.settle()

    assert "You accepted this page already" in shown(answer(ren, pressed["channel"]))
    assert buttons(ren.dm()[0]) == []
    assert "You accepted the page of" in shown(ren.dm()[0])
    assert f"<@{ren.id}> acknowledged this page" in shown(ana.dm()[0])
    assert len([one for one in ren.dm() if not one.get("is_ephemeral")]) == 1
    assert ren.id in world.slack.workspace.channel(CHANNEL).members
    await world.pass_minutes(16)
    assert world.person("ines").dm() == []


async def test_declined_withdrawn_and_over_are_told_by_edits_alone(world: World):
    await world.declare()
    ana, ren, ines = (world.person(name) for name in ("ana", "ren", "ines"))
    await offers(world, "ana", "ren")
    assert "asked already" in (await offers(world, "ana", "ren"))["person"]
    await presses(world, ren, ren.dm()[-1], "Decline")
    assert f"<@{ren.id}> declined to take it" in shown(ana.dm()[0])
    assert "You declined the page" in shown(ren.dm()[-1])

    assert await offers(world, "ana", "lena") == {}
    assert await offers(world, "ana", "ren") == {}
    lena = world.person("lena")
    assert "asked somebody else" in shown(lena.dm()[-1])
    assert buttons(lena.dm()[-1]) == []
    await world.pass_minutes(16)

    assert f"*This page has moved on*: INC-1 Disk full. <@{ines.id}> was paged." in shown(ren.dm()[-1])
    assert buttons(ren.dm()[-1]) == []
    assert len(ines.dm()) == 1
    assert len(ana.dm()) == 1
    why = plain(await asks(world, "ana", "why 1", "general"))
    assert f"<@{ana.id}> asked <@{ren.id}> to take it 12:00 UTC: declined 12:00 UTC." in why
    assert f"asked <@{lena.id}> to take it 12:00 UTC: withdrawn 12:00 UTC." in why
    assert f"asked <@{ren.id}> to take it 12:00 UTC: not answered in time." in why


async def test_the_end_of_the_incident_closes_it_and_who_left_cannot_be_asked(world: World):
    await world.declare()
    ana, ren = world.person("ana"), world.person("ren")
    await chooses(world, "ana", ana.dm()[-1], HAND)
    await ana.fill({"person": world.person("lena").id})
    await deactivates(world, "lena")
    assert "not an active member" in (await ana.submit())["person"]
    assert await sends(world, ana, person=world.person("luis").id) == {}
    await deactivates(world, "luis")
    assert f"<@{world.person('luis').id}> cannot be reached in Slack" in shown(ana.dm()[0])
    await offers(world, "ana", "ren")

    await inc(world, "dev", "cancel It was a test")

    assert "Over: " in shown(ren.dm()[-1])
    assert buttons(ren.dm()[-1]) == []


async def test_an_offer_names_no_more_what_turned_private_since(world: World):
    await world.declare()
    await chooses(world, "ana", world.person("ana").dm()[-1], HAND)
    assert await sends(world, world.person("ana"), person=world.person("ren").id) == {}
    assert "Disk full" in json.dumps(world.person("ren").dm())

    await inc(world, "dev", "private yes Data")
    await world.settle_down()

    said = json.dumps(world.person("ren").dm())
    assert "private incident INC-1" in said
    assert "Disk full" not in said


async def test_of_a_private_incident_they_read_the_number_alone_until_they_accept(world: World):
    await world.declare(**PRIVATE)
    ren = world.person("ren")
    await chooses(world, "ana", world.person("ana").dm()[-1], HAND)
    assert "In your words" not in shown(world.person("ana").modal)
    assert await sends(world, world.person("ana"), person=ren.id) == {}

    said = json.dumps(ren.dm())
    assert "private incident INC-1" in said
    assert [word for word in ("Disk full", "stolen", CHANNEL) if word in said] == []
    assert ren.id not in world.slack.workspace.channel(CHANNEL).members
    await presses(world, ren, ren.dm()[-1], "Accept")

    assert ren.id in world.slack.workspace.channel(CHANNEL).members
    assert ren.id in shown(card(ren, CHANNEL)) or "ren" in shown(card(ren, CHANNEL))
