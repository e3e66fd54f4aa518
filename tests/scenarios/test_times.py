"""Times of an incident: typed or in the form, kept over a restart, and Monitoring when the impact is over."""

from datetime import timedelta

from tests.fakes import NOON
from tests.scenarios.conftest import World
from tests.scenarios.look import answer, asks, inc, plain, presses, sends, shown, whole_panel


async def test_an_end_of_the_impact_offers_monitoring_and_the_durations_are_shown(world: World):
    dev = await world.declare()
    await world.pass_minutes(30)

    assert "is still to come" in shown(await asks(world, "dev", "time impact-end 2027-01-01 12:00"))
    await inc(world, "dev", "time impact-start 17:20")  # on the clocks of Kolkata
    await world.stop()
    await world.start()
    said = await asks(world, "dev", "impact end now")
    assert "Impact lasted 40 min · Time to detect 10 min" in shown(said)
    await presses(world, dev, said, "Move to Monitoring")

    assert "Monitoring" in shown(answer(dev))
    assert "Mitigated 2026-03-02 12:30 UTC" in plain(await asks(world, "dev", "recap"))
    assert "set Impact start to *2026-03-02 11:50 UTC* (was: not set)" in plain(
        await asks(world, "dev", "timeline all")
    )


async def test_the_form_names_the_field_that_is_wrong_and_proposes_monitoring(world: World):
    dev = await world.declare()
    await world.pass_minutes(30)
    start, end = (int((NOON + timedelta(minutes=by)).timestamp()) for by in (-10, 20))

    await presses(world, dev, await whole_panel(world, "dev"), "Times")
    problems = await sends(world, dev, IMPACT_START=end, IMPACT_END=start)
    assert problems == {"IMPACT_END": "Impact end cannot be before Impact start."}
    assert await sends(world, dev, IMPACT_START=start, IMPACT_END=end) == {}
    assert "Monitoring is proposed" in shown(dev.modal)
    assert await sends(world, dev) == {}

    assert "Monitoring" in shown(await whole_panel(world, "dev"))
    assert "Impact lasted 30 min" in shown(await asks(world, "dev", "recap"))
