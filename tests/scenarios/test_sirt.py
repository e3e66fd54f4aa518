"""A security incident from outside: who is called, who leads, and who hears nothing of it."""

import json
import re
from dataclasses import replace
from pathlib import Path

from bot.config import Config, load
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import (
    CHANNEL,
    acknowledged,
    asks,
    card,
    deactivates,
    inc,
    presses,
    sends,
    shown,
)


async def restarted(world: World, config: Config) -> None:
    """Have the operator write another configuration."""
    await world.stop()
    world.config = config
    await world.start()


async def test_security_and_the_im_are_paged_and_nobody_else_hears_of_it(world: World):
    dev = await world.declare(severity="S4", type="SIRT")

    for who in ("selma", "ines"):
        assert "private incident INC-1" in shown(world.person(who).dm()[0])
    for who in ("ana", "carla", "lena"):
        assert world.person(who).dm() == []
    public = [channel for channel in world.slack.workspace.channels.values() if not channel.private]
    assert not any("INC-1" in json.dumps(channel.messages) for channel in public)
    assert "Security: nobody · IM: nobody" in shown(card(dev))


async def test_a_triaged_one_that_nobody_decides_on_calls_security_alone(world: World):
    dev = await world.declare(type="SIRT", status="triage")

    await world.pass_minutes(15)
    assert "Paging selma, Security on-call" in shown(card(dev))
    assert [world.person(who).dm() for who in ("ana", "ines", "carla")] == [[], [], []]

    selma = world.person("selma")
    await presses(world, selma, card(selma), "Accept")
    assert "Paging ines, Incident Manager (dotcom IMOC)" in shown(card(dev))


async def test_security_leads_once_it_acknowledges_and_the_im_does_not(world: World):
    dev = await world.declare(severity="S1", type="SIRT")

    await acknowledged(world, "ines")
    assert "Lead: dev" in shown(card(dev))
    selma = await acknowledged(world, "selma")

    assert "Lead: selma" in shown(card(dev))
    roles = shown(await asks(world, "dev", "roles"))
    assert f"Security: <@{selma.id}>" in roles
    assert f"IM: <@{world.person('ines').id}>" in roles


async def test_a_stand_in_leads_and_the_card_offers_to_page_security_again(world: World):
    dev = await world.declare(type="SIRT")
    await acknowledged(world, "ines")
    await world.pass_minutes(15)
    assert "Paging lena, Infrastructure Leader (dotcom leadership escalation)" in shown(card(dev))

    lena = await acknowledged(world, "lena")
    assert "Lead: lena" in shown(card(dev))
    assert "Security: nobody" in shown(card(dev))
    await presses(world, lena, card(lena), "Page Security again")
    await inc(world, "selma", "ack")

    assert "Lead: selma" in shown(card(dev))


async def test_raised_to_s1_it_calls_in_neither_the_cmoc_nor_the_eoc(world: World):
    await world.declare(type="SIRT")
    selma = await acknowledged(world, "selma")
    await acknowledged(world, "ines")

    await inc(world, "selma", "severity")
    assert "S1 and S2 page at once: Security, IM." in shown(selma.modal)
    assert await sends(world, selma, severity="S1") == {}

    assert "INC-1 is S1 and" in shown(world.person("ines").dm()[-1])
    assert not any("INC-1 is S1 and" in shown(one) for one in selma.dm())
    for who in ("ana", "carla"):
        assert world.person(who).dm() == []
    assert "Lead: selma" in shown(card(selma))


async def test_when_security_leaves_the_im_leads(world: World):
    await world.declare(type="SIRT")
    await acknowledged(world, "selma")
    ines = await acknowledged(world, "ines")

    await deactivates(world, "selma")

    assert "Lead: ines" in shown(card(ines))
    assert "Paging piet, Security on-call" in shown(card(ines))


async def test_a_configuration_that_names_nobody_of_security_calls_the_eoc_at_once(
    world: World, tmp_path: Path
):
    older = tmp_path / "older.yml"
    older.write_text(re.sub(r"  Security on-call:\n.*\n", "", CONFIG.read_text()))
    await restarted(world, load(older))

    dev = await world.declare(type="SIRT")
    assert "Paging ana, Engineer On Call (dotcom EOC)" in shown(card(dev))
    assert "Nobody is on call for Security on-call" in json.dumps(dev.messages(CHANNEL))
    await acknowledged(world, "ana")

    assert "Lead: ana" in shown(card(dev))
    assert "Security: nobody" in shown(card(dev))


async def test_where_the_reporter_leads_no_answer_moves_the_lead(world: World):
    rules = world.config.process
    kind = replace(rules.types["GitLab.com"], leads="reporter")
    rules = replace(rules, types={**rules.types, "GitLab.com": kind})
    await restarted(world, replace(world.config, process=rules))
    dev = await world.declare(severity="S1")

    await acknowledged(world, "ana")
    await acknowledged(world, "ines")

    assert "Lead: dev" in shown(card(dev))
    assert "EOC: ana" in shown(card(dev))
