"""What was over before it was declared: its own times, nobody paged, on to the review by its severity."""

from datetime import timedelta

from tests.fakes import NOON
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, buttons, card, inc, plain, presses, sends, shown


def dms(world: World, *who: str) -> list[str]:
    return [one["text"] for each in who for one in world.person(each).dm()]


async def test_one_line_declares_what_is_over_and_an_s1_goes_on_to_its_review(world: World):
    dev = await inc(world, "dev", "retro S1 yesterday 14:00-15:30 Disk full", "general")
    await world.settle_down()
    await world.pass_hours(2)

    assert "is declared as over. Nobody is paged." in answer(dev, "general")["text"]
    said = "It happened 2026-03-01 08:30 UTC and was over 2026-03-01 10:00 UTC."
    assert said in plain(answer(dev, "general"))
    assert "Post-incident · S1 Critical · declared afterwards" in shown(card(dev))
    assert dms(world, "ana", "ines", "carla", "lena") == []
    assert "It was over already, so nobody is paged." in dms(world, "dev")[0]
    happened = "happened 2026-03-01 08:30 UTC"
    announced = world.person("ana").messages("incidents")[-1]
    listed = await asks(world, "dev", "list all", "general")
    assert [happened in plain(one) for one in (card(dev), announced, listed)] == [True] * 3
    assert "Impact: 2026-03-01 08:30 UTC to 2026-03-01 10:00 UTC (1 h 30 min)" in plain(card(dev))
    await inc(world, "dev", "time impact-end yesterday 16:30")  # 11:00 UTC, where dev is
    assert "(2 h 30 min)" in shown(card(dev))
    await inc(world, "dev", "time impact-end yesterday 15:30")
    assert "declared afterwards" in shown(world.person("ana").messages("incidents")[-1])
    times = plain(await asks(world, "dev", "recap"))
    assert "Impact lasted 1 h 30 min" in times
    assert "Time to detect" not in times
    assert "which was over already" in shown(await asks(world, "dev", "timeline"))
    await inc(world, "dev", "review done anyway")
    await inc(world, "dev", "close")
    assert "Closed" in shown(card(dev))


async def test_what_is_still_to_come_is_not_taken_for_over(world: World):
    for when in ("tomorrow 14:00-15:30", "next monday 14:00-15:30"):
        refused = shown(await asks(world, "dev", f"retro S3 {when} Disk full", "general"))
        assert "That time is still to come" in refused
        assert f"/inc retro S3 {when} Disk full" in refused, "nothing typed is lost"
    said = await asks(world, "dev", "retro last friday 14:00-15:30 S2 Disk full", "general")
    assert "*INC-1 Disk full* (:white_check_mark: Post-incident · S2" in shown(said)


async def test_the_form_asks_when_it_was_and_names_what_is_wrong(world: World):
    dev = await inc(world, "dev", "retro Disk full", "general")
    early, late = (int((NOON - timedelta(hours=by)).timestamp()) for by in (5, 2))

    assert set(await sends(world, dev, severity="S4")) == {"IMPACT_START", "IMPACT_END"}
    wrong = await sends(world, dev, IMPACT_START=late, IMPACT_END=early)
    assert wrong == {"IMPACT_END": "Impact end cannot be before Impact start."}
    assert await sends(world, dev, IMPACT_START=early, IMPACT_END=late) == {}
    await world.settle_down()

    assert "Resolved · S4 Low · declared afterwards" in shown(card(dev, CHANNEL))
    await inc(world, "dev", "reopen It is back")
    assert dms(world, "ana") != []


async def test_whether_customers_heard_of_it_is_asked_an_hour_after_its_impact_began(world: World):
    await inc(world, "dev", "retro S3 17:00-17:20 Logins failed", "general")  # 11:30 UTC: half an hour ago
    await world.settle_down()
    assert "should hear of it by" not in plain(await asks(world, "dev", "public INC-1 notice", "general"))
    await inc(world, "dev", "field INC-1 customer-impact yes", "general")
    assert "by 2026-03-02 12:30 UTC" in plain(await asks(world, "dev", "public INC-1 notice", "general"))
    await inc(world, "dev", "retro S2 15:00-16:00 Pushes failed", "general")  # its hour is over already
    await world.settle_down()
    await world.pass_minutes(1)

    said = dms(world, "dev")
    assert any("Have customers heard of INC-2" in one for one in said)
    assert not any("Have customers heard of INC-1" in one for one in said)


async def test_customers_hear_of_what_was_over_once_its_roles_are_taken(world: World):
    await inc(world, "dev", "retro S2 17:00-17:20 Disk full", "general")
    await world.settle_down()
    dev = world.person("dev")

    status = await asks(world, "dev", "public degraded")
    assert "INC-1 was over when it was declared: its public status is Operational." in shown(status)
    assert buttons(status)[:2] == ["Customer impact: yes", "Reopen"]
    await presses(world, dev, status, "Customer impact: yes")
    assert "Customer impact: yes" in shown(card(dev))
    assert buttons(await asks(world, "dev", "public degraded"))[0] == "What customers know"

    early = await asks(world, "dev", "public publish Logins failed for some")
    assert buttons(early)[:2] == ["I am the EOC", "I am the IM"]
    assert "I am the IM" in buttons(await asks(world, "dev", "public notice"))
    await presses(world, dev, early, "I am the EOC")
    await presses(world, dev, await asks(world, "dev", "public publish"), "I am the IM")
    await inc(world, "dev", "public confirm")
    await inc(world, "dev", "public publish")
    assert await sends(world, dev, notice="Logins failed for some") == {}
    assert "status page written" in shown(card(dev))
