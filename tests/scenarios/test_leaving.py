"""Stepping back from an incident, who responds and who observes, who held what when, and the agreed step."""

from tests.scenarios.conftest import World
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
)


async def test_whoever_holds_a_role_is_asked_whether_others_are_paged(world: World):
    dev = await world.declare(severity="S3")
    ana = await acknowledged(world)
    await inc(world, "dev", "lead me")
    await presses(world, dev, answer(dev), "Take the lead")

    asked = await asks(world, "ana", "leave")
    assert buttons(asked) == ["Leave, and page for EOC", "Leave, page nobody"]
    await presses(world, ana, asked, "Leave, and page for EOC")

    assert any("stepped back.* They were EOC" in one for one in told(dev))
    assert "EOC: nobody" in shown(card(dev))
    assert "Paging " in shown(card(dev))
    assert "You hold no role and no action in INC-1" in shown(await asks(world, "ana", "leave"))


async def test_whoever_leads_hands_over_first_or_gives_all_to_one_person(world: World):
    dev = await world.declare(severity="S3")
    await acknowledged(world)

    refused = await asks(world, "ana", "leave")
    assert "You lead INC-1, and somebody has to." in shown(refused)
    assert "Hand over the lead" in buttons(refused)
    await inc(world, "ana", "INC-1 leave @sam", "general")

    assert "Lead: sam" in shown(card(dev))
    assert "EOC: sam" in shown(card(dev))
    roles = shown(await asks(world, "dev", "roles"))
    assert f"EOC: <@{world.person('sam').id}>" in roles


async def test_roles_tell_responders_from_observers_and_who_held_what_when(world: World):
    await world.declare(severity="S3")
    await acknowledged(world)
    ren = world.person("ren")
    await ren.join(CHANNEL)
    await world.settle()
    await world.pass_minutes(5)
    await inc(world, "ana", "leave @sam")

    said = await asks(world, "dev", "roles")
    ids = {who: f"<@{world.person(who).id}>" for who in ("dev", "ana", "sam", "ren")}
    responders = next(line for line in shown(said).splitlines() if line.startswith("Responders: "))
    assert all(ids[who] in responders for who in ("dev", "ana", "sam"))
    assert ids["ren"] in next(line for line in shown(said).splitlines() if line.startswith("Observers: "))
    assert f"Observers: {ids['ren']}" in shown(await asks(world, "dev", "recap"))
    await presses(world, world.person("dev"), await asks(world, "dev", "roles"), "History")

    past = plain(answer(world.person("dev")))
    assert f"EOC: {ids['ana']}, 2026-03-02 12:00 UTC to 2026-03-02 12:05 UTC" in past
    assert f"EOC: {ids['sam']}, 2026-03-02 12:05 UTC until now" in past
    assert f"Lead: {ids['dev']}, 2026-03-02 12:00 UTC to" in past
    assert past == plain(await asks(world, "dev", "roles history"))


async def test_going_to_fixing_asks_for_the_agreed_step(world: World):
    dev = await world.declare(severity="S3")

    asked = await asks(world, "dev", "status fixing")
    assert "What is the agreed step?" in shown(asked)
    await presses(world, dev, asked, "Note the agreed step")
    assert await sends(world, dev, step="Roll back to 17.3") == {}
    assert "Agreed step: Roll back to 17.3" in shown(await asks(world, "dev", "timeline"))

    await inc(world, "dev", "status fixing Drain the node")
    assert "Agreed step: Drain the node" in shown(await asks(world, "dev", "timeline"))

    await inc(world, "dev", "status investigating")
    await inc(world, "dev", "status fixing Turn the flag off")
    assert any("*Fixing*. Agreed step:" in one and "Turn the flag off" in one for one in told(dev))
