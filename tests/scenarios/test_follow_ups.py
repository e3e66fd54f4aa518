"""Follow-ups: added in one line, by the form or from a pasted link; listed, ended, undone, reminded of."""

import re

from sandbox.directory import change_user
from storage import follow_ups
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, buttons, inc, presses, sends, shown, told

URL = "https://gitlab.test/infra/it/-/issues/7"


def channel_says(world: World) -> str:
    found = world.person("dev").messages(CHANNEL)
    return "\n".join(shown(one) for one in found if not one.get("is_ephemeral"))


async def test_one_line_names_owner_day_kind_and_priority_and_the_list_ends_and_reopens(world: World) -> None:
    await world.declare(severity="S2")

    text = "followup Add a redundant node @ren due in 3 weeks as corrective action"
    said = await asks(world, "dev", text)

    assert "Added for" in shown(said)
    assert "Follow-up:" in channel_says(world)
    listed = await asks(world, "ren", "followups mine", "general")
    assert "*Your open follow-ups:* 1" in shown(listed)
    assert "Corrective action:" in shown(listed)
    assert "P2 · " in shown(listed)
    assert "INC-1 (S2)" in shown(listed)

    ren = world.person("ren")
    await presses(world, ren, listed, "Done")
    after = answer(ren, "general")
    assert "Done: ~Add a redundant node~" in shown(after)
    assert "*Your open follow-ups:* none" in shown(after)
    await presses(world, ren, after, "Undo")
    assert "*Your open follow-ups:* 1" in shown(answer(ren, "general"))
    await presses(world, ren, answer(ren, "general"), "Cancel it")
    assert "Cancelled: ~Add a redundant node~" in shown(answer(ren, "general"))
    assert "Follow-up cancelled" in channel_says(world)
    timeline = shown(await asks(world, "dev", "timeline all"))
    for did in ("finished the action", "reopened the follow-up", "cancelled the follow-up"):
        assert did in timeline


async def test_the_form_warns_of_a_badly_worded_title_and_takes_it_the_second_time(world: World) -> None:
    await world.declare()

    dev = await inc(world, "dev", "followup")
    assert dev.modal
    assert "Handle invalid postal code" in shown(dev.modal)
    assert await sends(world, dev, title="Investigate the monitoring", private=["private"]) == {}

    assert dev.modal
    assert "Add alerting for all cases" in shown(dev.modal)
    assert await sends(world, dev) == {}
    assert "Investigate the monitoring" not in channel_says(world)  # it is private
    assert "Investigate the monitoring" in shown(await asks(world, "dev", "followups"))
    assert "none" in shown(await asks(world, "ren", "followups open", "general"))
    assert "private follow-up" in shown(await asks(world, "dev", "timeline all"))

    dev = await inc(world, "dev", "followup Improve the node due someday soon")
    assert dev.modal
    assert "which day “someday soon” is" in shown(dev.modal)
    assert "or write 2026-12-24, friday," in shown(dev.modal)
    assert "(Time-bounded and specific)" in shown(dev.modal)
    assert "P1 30 days, P2 60 days" in shown(dev.modal)


async def test_an_action_is_kept_and_resolving_asks_for_follow_ups(world: World) -> None:
    dev = await world.declare(severity="S4")
    for what in ("Drain the node", "Restart it"):
        await inc(world, "dev", f"action {what} @dev")

    drain = next(one for one in dev.messages(CHANNEL) if "Drain the node" in shown(one) and buttons(one))
    await presses(world, dev, drain, "Keep as follow-up")
    assert "It is a follow-up now" in shown(answer(dev))
    await inc(world, "dev", "lead me")
    await inc(world, "dev", "status Monitoring")
    said = await asks(world, "dev", "resolve fix")

    assert "Which follow-ups does it need?" in shown(said)
    assert "1 action is still open" in shown(said)
    await presses(world, dev, said, "Keep open actions as follow-ups")
    assert "*Open follow-ups of INC-1:* 2" in shown(await asks(world, "dev", "followups"))
    assert "followup" not in told(dev)


async def test_a_pasted_issue_is_offered_once_to_who_pasted_it_and_its_owner_is_reminded(
    world: World,
) -> None:
    dev = await world.declare()
    ana = world.person("ana")
    await ana.join(CHANNEL)

    for _ in range(2):
        await ana.say(CHANNEL, f"see {URL}?x=1 please")
        await world.settle()

    offers = [one for one in ana.messages(CHANNEL) if "Add as follow-up" in buttons(one)]
    assert len(offers) == 1
    assert not [one for one in dev.messages(CHANNEL) if "Add as follow-up" in buttons(one)]
    await presses(world, ana, offers[0], "Add as follow-up")
    assert "infra/it#7" in shown(await asks(world, "dev", "followups"))

    await presses(world, ana, await asks(world, "ana", "followups mine"), "Change")
    assert await sends(world, ana, due="2026-03-02") == {}
    await world.pass_minutes(61)
    assert any("Your follow-up is due today:* infra/it#7" in shown(one) for one in ana.dm())


async def test_an_address_beside_a_file_in_a_thread_or_among_others_is_offered_once(world: World) -> None:
    dev = await world.declare()

    def offered(thread: str | None = None) -> list[str]:
        found = [one for one in dev.messages(CHANNEL, thread) if "Add as follow-up" in buttons(one)]
        return [label for one in found for label in re.findall(r"\|(\S+#\d+)>", shown(one))]

    first = await dev.say(CHANNEL, f"the logs, for {URL}", files=("log.txt",))
    await dev.say(CHANNEL, f"and {URL.replace('7', '8')}, {URL.replace('7', '9')}, {URL}", first["ts"])
    await world.settle()
    assert offered() == ["infra/it#7"]
    assert offered(first["ts"]) == ["infra/it#8", "infra/it#9"]

    plain = await dev.say(CHANNEL, "nothing yet")
    await dev.edit(plain, f"as in {URL}")
    await world.settle()
    assert offered() == ["infra/it#7"]


async def test_days_are_those_of_whoever_names_or_reads_them(world: World) -> None:
    for handle in ("dev", "ana"):
        change_user(world.slack.workspace, handle, tz="Pacific/Kiritimati")  # UTC+14
    await world.declare()

    said = await asks(world, "dev", "followup Add a node @ana due tomorrow")
    assert "due Wed 04 Mar 2026" in shown(said)

    dev = await inc(world, "dev", "followup")
    assert "day is over" in str(await sends(world, dev, title="Add a node", due="2026-03-02"))
    assert "within ten years" in str(await sends(world, dev, due="2200-01-01"))
    assert await sends(world, dev, due="2026-03-03", owner="ana") == {}
    await world.pass_hours(9)
    assert any("is due today:* Add a node" in shown(one) for one in world.person("ana").dm())


async def test_what_is_too_long_for_a_title_or_no_day_is_asked_about_and_nothing_is_lost(
    world: World,
) -> None:
    dev = await world.declare()
    long = "Add a node in each zone, " * 20
    await inc(world, "dev", f"followup {long}and one more @ana")
    assert dev.modal
    assert "long for a title" in shown(dev.modal)
    assert await sends(world, dev, title="Add nodes") == {}
    found = await world.muster.uow.read(follow_ups.get, 1)
    assert found
    assert found.action.details == f"{long}and one more"

    await inc(world, "dev", "followup Add a disk due 2026-02-30 @ana")
    assert "which day “2026-02-30” is" in shown(dev.modal)

    await inc(world, "dev", f"action {long}@dev")
    action = next(one for one in dev.messages(CHANNEL) if "Keep as follow-up" in buttons(one))
    await presses(world, dev, action, "Keep as follow-up")
    listed = await asks(world, "dev", "followups mine")
    await presses(world, dev, listed, "Change")
    assert await sends(world, dev, due="2026-05-05") == {}
    kept = await world.muster.uow.read(follow_ups.get, 2)
    assert kept
    assert kept.action.title == long.strip()
