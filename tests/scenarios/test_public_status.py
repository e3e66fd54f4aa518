"""What customers are told: the public status, whom it pages, and the notice that two people confirm."""

from pathlib import Path
from typing import Any

import pytest

from bot.config import Config, load
from sandbox.person import Person
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import (
    CHANNEL,
    acknowledged,
    answer,
    asks,
    buttons,
    card,
    inc,
    plain,
    presses,
    sends,
    shown,
    told,
    whole_panel,
)

WHERE = "communication: {status_page: 'https://status.test', customer_success: general, community: random}\n"
DEGRADED, PARTIAL = "Degraded Performance", "Partial Service Disruption"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "muster.yml"
    path.write_text(CONFIG.read_text() + WHERE)
    return load(path)


def paged(person: Person) -> bool:
    return any("*You are paged* for *INC-1" in shown(one) for one in person.dm())


def outside(world: World, channel: str = "general") -> list[str]:
    """Return what the bot told everybody in a channel of those who talk with customers."""
    return [one for one in told(world.person("dev"), channel) if "INC-1" in one]


async def test_the_form_says_what_each_means_and_the_card_shows_it(world: World):
    dev = await world.declare()

    await presses(world, dev, await whole_panel(world, "dev"), "Public status")

    assert "Users are impacted at a rate that violates our SLO." in shown(dev.modal)
    assert await sends(world, dev, public_status=DEGRADED) == {}
    assert f"Public status: *{DEGRADED}*" in shown(card(dev))
    assert any(f"changed the public status from Operational to *{DEGRADED}*" in one for one in told(dev))
    assert "is Degraded Performance already" in (await asks(world, "dev", "public degraded"))["text"]


async def test_a_disruption_pages_the_im_and_five_minutes_page_the_cmoc(world: World):
    await world.declare()
    ines, cora = world.person("ines"), world.person("carla")

    said = await asks(world, "dev", "public partial")

    assert f"is now *{PARTIAL}*. Paged: " in said["text"]
    assert "(IM)" in said["text"]
    assert paged(ines)
    await world.pass_minutes(4.9)
    assert not paged(cora)
    await world.pass_minutes(0.2)
    assert paged(cora)
    assert "Customers are affected" in shown(cora.dm()[-1])


@pytest.mark.parametrize("answers", [{"type": "Gameday", "people": ["ana", "carla"]}, {"type": "SIRT"}])
async def test_a_drill_and_security_page_no_cmoc(world: World, answers: dict[str, Any]):
    await world.declare(**answers)

    await inc(world, "dev", "public degraded")
    await inc(world, "dev", "field customer-impact yes")
    await world.pass_minutes(10)

    assert not any("You are paged" in shown(one) for one in world.person("carla").dm())


async def test_an_impact_on_customers_pages_the_cmoc_at_once(world: World):
    await world.declare()

    await inc(world, "dev", "field customer-impact yes")
    await world.pass_minutes(0.1)

    assert paged(world.person("carla"))


async def test_triage_pages_nobody_before_it_is_accepted(world: World):
    await world.declare(status="triage")
    ines, cora = world.person("ines"), world.person("carla")

    said = await asks(world, "dev", "public INC-1 outage", "general")
    await world.pass_minutes(1)
    assert not paged(ines)
    await presses(world, world.person("dev"), said, "Accept")

    assert paged(ines)
    await world.pass_minutes(5)
    assert paged(cora)


async def test_a_notice_waits_for_the_eoc_and_the_im(world: World):
    dev = await world.declare(severity="S2")
    ana = await acknowledged(world)
    await inc(world, "dev", "summary Pushes fail for some")

    early = await asks(world, "dev", "public publish Some pushes fail <!channel>")

    assert "Publish nothing yet" in early["text"]
    assert "EOC (" in early["text"]
    assert "IM (nobody holds it)" in early["text"]
    assert buttons(early)[0] == "Page the IM", "only who has a say in it is offered to confirm it"
    assert "Some pushes fail &lt;!channel&gt;" in shown(await asks(world, "dev", "public notice"))
    assert "have to confirm it." in (await asks(world, "dev", "public confirm"))["text"]
    question = next(one for one in ana.dm() if "significantly affected?" in shown(one))
    await presses(world, ana, question, "Confirm the impact")
    ines = await acknowledged(world, "ines")
    asked = next(one for one in ines.dm() if "significantly affected?" in shown(one))
    await presses(world, ines, asked, "Confirm the impact")

    assert outside(world) == []
    await asks(world, "dev", "public publish")
    assert await sends(world, dev, notice="Some pushes fail, we are on it") == {}

    assert any("Customers were told of INC-1 Disk full" in one for one in outside(world))
    assert len(outside(world, "random")) == 1
    assert "https://status.test" in shown(
        next(one for one in dev.messages("general") if "Customers were" in shown(one))
    )
    assert "status page written" in shown(card(dev))
    await inc(world, "dev", "status Monitoring")
    assert [("is mitigated" in one) for one in outside(world)] == [False, True]
    assert not any("significantly affected?" in shown(one) for one in [*ana.dm(), *ines.dm()])


async def test_at_s3_the_eoc_confirms_alone_and_others_are_told_who_does(world: World):
    await world.declare()
    ana = await acknowledged(world)
    assert await sends(world, await inc(world, "dev", "public draft"), notice="Pushes are slow") == {}

    await presses(
        world, ana, next(one for one in ana.dm() if "affected?" in shown(one)), "Confirm the impact"
    )
    said = await asks(world, "ren", "public publish Pushes are slow")

    assert "Told: #general and #random" in shown(said)
    assert "is confirmed already" in (await asks(world, "ana", "public confirm"))["text"]


async def test_the_hour_counts_from_the_start_of_the_impact_also_when_it_is_over(world: World):
    await world.declare()
    await acknowledged(world)
    ana = await inc(world, "ana", "time impact-start now")
    await inc(world, "ana", "resolve by itself")
    await world.pass_minutes(59)
    assert "Resolved" in shown(card(ana))
    assert not any("Have customers heard" in shown(one) for one in ana.dm())

    await world.pass_minutes(1.1)

    asked = next(one for one in ana.dm() if "Have customers heard of INC-1" in shown(one))
    assert "They should hear of it by 2026-03-02 13:00 UTC" in plain(asked)
    await presses(world, ana, asked, "Not published because …")
    assert await sends(world, ana, why="It lasted a second") == {}
    assert not any("Have customers heard" in shown(one) for one in ana.dm())
    await inc(world, "ana", "public not published because It lasted a minute")
    assert "It lasted a minute" in shown(await asks(world, "ana", "public notice"))
    await world.pass_hours(2)
    assert not any("Have customers heard" in shown(one) for one in ana.dm())


async def test_the_cmoc_is_reminded_as_often_as_the_severity_asks(world: World):
    await world.declare(severity="S1")
    cora = await acknowledged(world, "carla")
    await inc(world, "dev", "public degraded")
    await world.pass_minutes(14)
    assert not any("Have customers heard" in shown(one) for one in cora.dm())

    await world.pass_minutes(1.1)

    assert any("Have customers heard of INC-1" in shown(one) for one in cora.dm())


async def test_a_partial_disruption_is_watched_for_half_an_hour_before_it_is_resolved(world: World):
    dev = await world.declare()
    await inc(world, "dev", "lead me")
    await inc(world, "dev", "public partial")
    await inc(world, "dev", "status Monitoring")
    await world.pass_minutes(20)

    await inc(world, "dev", "resolve fix")

    assert "required to last longer than 30 minutes" in shown(dev.modal)
    assert await sends(world, dev, then="Resolved") == {}
    assert "Public status: *Operational*" in shown(card(dev))
    assert "its public status is Operational" in (await asks(world, "dev", "public degraded"))["text"]


async def test_less_bad_now_moves_the_public_status_too(world: World):
    dev = await world.declare(severity="S1")
    await inc(world, "dev", "public outage")

    await inc(world, "dev", "severity S2")

    assert await sends(world, dev, which="Monitoring") == {}
    assert f"Public status: *{PARTIAL}*" in shown(card(dev))
    assert "S1" in shown(card(dev))


async def test_a_private_incident_is_told_in_no_other_channel(world: World):
    await world.declare(visibility="private")
    ana = world.person("ana")
    await presses(world, ana, ana.dm()[0], "Acknowledge")
    await inc(world, "ana", "public draft A key was stolen")
    asked = next(one for one in ana.dm() if "affected?" in shown(one))
    assert "stolen" not in shown(asked)
    await presses(world, ana, asked, "Confirm the impact")

    said = await asks(world, "ana", "public publish A key was stolen")

    assert "no other channel is told" in shown(said)
    assert outside(world) == []
    outsider = await asks(world, "carla", "public INC-1 notice", "general")
    assert "I know no incident" in outsider["text"]


async def test_what_looks_like_a_secret_waits_until_its_author_is_sure(world: World):
    await world.declare()
    token = "hvs." + "x7Kq2mP9vL4tR8wZ3nBcQ5sT"

    dev = await inc(world, "dev", f"public draft It is {token}")
    asked = answer(dev)

    assert token not in shown(asked)
    assert token not in shown(await asks(world, "dev", "public notice"))
    await presses(world, dev, asked, "It is no secret: go on")
    assert token in shown(await asks(world, "dev", "public notice"))


async def test_a_notice_is_written_anew_without_telling_anybody_again(world: World):
    await world.declare()
    ana = await acknowledged(world)
    await inc(world, "dev", "public draft Pushes are slow")
    await inc(world, "ana", "public confirm")
    await inc(world, "dev", "public publish Pushes are slow")

    said = await asks(world, "dev", "public publish Pushes are fast again")

    assert len(outside(world)) == 1
    assert "Told: #general" not in shown(said)
    assert any("updated the status page" in one for one in told(ana))


async def test_what_the_status_page_says_is_ended_by_who_wrote_it_there(world: World):
    await world.declare(severity="S4")
    ana, dev = await acknowledged(world), world.person("dev")
    await inc(world, "ana", "public draft Pushes are slow")
    await inc(world, "ana", "public confirm")
    await inc(world, "ana", "public publish Pushes are slow")
    await world.pass_minutes(0.2)
    written = await asks(world, "dev", "public draft Pushes are fast again")
    assert "*Draft by <@U0DEV00010>*\n> Pushes are fast again" in shown(written)
    assert "*Published*" not in shown(written)
    assert "nobody reads it until it is published" in shown(written)
    await world.stop()
    await world.start()

    await inc(world, "ana", "resolve fix")

    asked = [one for one in ana.dm() if "is Resolved, and the status page says what it said" in shown(one)]
    await presses(world, ana, asked[0], "Publish that it is over")
    assert await sends(world, ana) == {}
    assert "*Published*\n> Pushes are fast again" in shown(await asks(world, "dev", "public notice"))
    assert not any("says what it said" in shown(one) for one in ana.dm())
    await inc(world, "ana", "close")
    assert not any("the status page says" in shown(one) for one in [*ana.dm(), *dev.dm()])


async def test_changes_that_follow_each_other_are_one_message(world: World) -> None:
    dev = await world.declare()

    def said() -> list[str]:
        return [one for one in told(dev) if "public status" in one]

    await inc(world, "dev", "public degraded")
    await world.settle_down()
    await inc(world, "dev", "public security")
    assert [one.rsplit(" to ", 1)[1] for one in said()] == ["*Security Issue*."]
    await inc(world, "dev", "undo")
    assert "is *Degraded Performance* again" in said()[0]
    assert len(said()) == 1

    await dev.say(CHANNEL, "Looking at the graphs")
    await inc(world, "dev", "public operational")
    assert len(said()) == 2, "what people wrote since is not passed over"
    await world.pass_minutes(6)
    await inc(world, "dev", "public degraded")
    assert len(said()) == 3
    await inc(world, "dev", "public outage")
    assert len(said()) == 4, "it pages the IM, which nobody may miss"
    timeline = shown(await asks(world, "dev", "timeline all"))
    assert timeline.count("the public status from") == 5
