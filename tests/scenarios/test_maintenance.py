"""Scheduled maintenance: planned, announced, told of in time, and asked about in incidents."""

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    Json,
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
    told,
    whole_panel,
)

PLAN = 'maintenance "Upgrade PostgreSQL" C1 14:00-16:00 owner @dev with @ren services api, web https://change.test/7'


def announced(world: World, who: str = "bo") -> Json:
    """Return the announcement of the newest maintenance."""
    found = [one for one in world.person(who).messages("incidents") if one.get("bot_id")]
    return next(one for one in reversed(found) if "Maintenance" in one["text"])


def thread(world: World) -> list[str]:
    person = world.person("bo")
    ts = announced(world)["ts"]
    return [one["text"] for one in person.messages("incidents", ts) if one["ts"] != ts]


def dm(world: World, who: str) -> str:
    """Return the newest direct message of the bot."""
    return plain(world.person(who).dm()[-1])


async def planned(world: World, text: str = PLAN) -> None:
    await inc(world, "ana", text, "general")


async def runs(world: World, grade: str = "C3") -> None:
    """Have one that runs for an hour, of dev's."""
    await planned(
        world, f'maintenance "Upgrade PostgreSQL" {grade} for 1 hour owner @dev with @ren services api'
    )


async def test_it_is_planned_in_one_line_and_announced_once(world: World):
    said = plain(await asks(world, "ana", PLAN, "general"))

    assert "MNT-1 Upgrade PostgreSQL* (C1) is planned." in said
    message = announced(world)
    for words in (
        "*Maintenance is planned: MNT-1 Upgrade PostgreSQL* (C1)",
        "2026-03-02 14:00 UTC to 2026-03-02 16:00 UTC",
        "Owner: dev · with ren",
        "Services: api, web",
        "<https://change.test/7|change.test/7>",
    ):
        assert words in plain(message), plain(message)
    assert buttons(message) == ["Edit", "Start now", "Cancel it"]
    assert "made you the owner of maintenance *MNT-1 Upgrade PostgreSQL*" in dm(world, "dev")


async def test_those_on_call_are_told_half_an_hour_before_a_c1(world: World):
    await planned(world)
    await world.pass_minutes(89)
    assert thread(world) == []

    await world.pass_minutes(1)

    for who, role in (("ana", "EOC"), ("rosa", "Release Manager"), ("carla", "CMOC")):
        assert f"You are told as {role} on call." in dm(world, who)
    assert thread(world) == [
        "It begins <!date^1772460000^{date_short_pretty} at {time}|2026-03-02 14:00 UTC>. "
        "Told: ana (EOC), rosa (Release Manager) and carla (CMOC)."
    ]
    assert world.person("ines").dm() == []


async def test_where_nobody_is_on_call_the_thread_says_so(world: World):
    await deactivates(world, "rosa")
    await planned(world)

    await world.pass_minutes(90)

    assert "*Nobody is on call for Release managers.*" in thread(world)[0]


async def test_its_message_is_edited_as_it_goes_on_also_after_a_restart(world: World):
    await planned(world)
    first = announced(world)["ts"]
    await world.pass_minutes(100)
    await world.stop()
    world.clock.advance(minutes=25)

    await world.start()
    await world.pass_minutes(0.1)

    running = announced(world)
    assert "*Maintenance is running: MNT-1 Upgrade PostgreSQL* (C1)" in shown(running)
    assert buttons(running) == ["It is over", "30 min more", "60 min more", "Edit"]
    await world.pass_minutes(120)
    assert "*Maintenance has overrun: MNT-1" in shown(announced(world))
    dev = world.person("dev")
    question = dev.dm()[-1]
    assert "*Is MNT-1 Upgrade PostgreSQL over?*" in shown(question)
    await presses(world, dev, question, "It is over", confirm=True)
    assert "*Maintenance is over: MNT-1" in shown(announced(world))
    assert (buttons(announced(world)), buttons(dev.dm()[-1])) == ([], [])
    assert announced(world)["ts"] == first
    assert [one.split(".")[0].split(":")[0] for one in thread(world)][1:] == [
        "It has begun",
        "It has overrun",
        "dev says that it is over",
    ]


async def test_the_owner_is_asked_again_in_one_standing_message(world: World):
    await runs(world)

    await world.pass_minutes(60)
    await world.pass_minutes(60)

    asked = [one for one in world.person("dev").dm() if "over?" in one["text"]]
    assert [buttons(one)[:1] for one in asked] == [[], ["It is over"]]
    await presses(world, world.person("dev"), asked[-1], "30 min more")
    assert "Since" in dm(world, "dev")
    assert "until 2026-03-02 14:30 UTC" in plain(announced(world))


async def test_whoever_planned_it_is_asked_where_the_owner_has_left(world: World):
    await runs(world)
    await deactivates(world, "dev")
    await world.pass_minutes(61)

    assert "Is MNT-1 Upgrade PostgreSQL over?" in dm(world, "ana")
    await presses(world, world.person("ana"), world.person("ana").dm()[-1], "It is over", confirm=True)
    assert thread(world)[-1] == "ana says that it is over."


async def test_each_command_does_what_its_button_does(world: World):
    await planned(world)
    steps = (
        ("maintenance start", "has begun."),
        ("maintenance extend 30m", "is extended."),
        ("maintenance extend 1 until 23:00", "is extended."),
        ('maintenance edit MNT-1 C2 "Upgrade it" services mail owner @ana', "is changed."),
        ("maintenance end 1", "is over."),
    )
    for text, says in steps:
        assert says in shown(await asks(world, "dev", text, "general")), text

    final = plain(announced(world))
    assert "*Maintenance is over: MNT-1 Upgrade it* (C2)" in final
    assert "Owner: ana · with ren\nServices: mail" in final
    await planned(world)
    off = shown(await asks(world, "dev", "maintenance cancel 2 Not <needed>", "general"))
    assert "MNT-2 Upgrade PostgreSQL* (C1) is cancelled." in off
    assert "Not &lt;needed&gt;" in shown(announced(world))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("maintenance end", "No maintenance is running."),
        ("maintenance start 7", "I know no maintenance `MNT-7`."),
        ("maintenance extend 1", "By how much longer does MNT-1 take?"),
        ("maintenance extend 1 a bit", "I do not understand `a bit`."),
        ("maintenance end 1", "has not begun. To call it off"),
        ("maintenance edit 1 tomorow", "Did you mean tomorrow?"),
        ('maintenance "Mail" tomorrow 09:00-10:00', "How critical is it?"),
        ('maintenance "Mail" C2 tomorow 09:00-10:00', "Did you mean tomorrow?"),
        ('maintenance "Mail" C2 tomorrow 09:00-10:00 owner @nobody', "I do not know who `@nobody` is."),
        ("maintenance related", "in an incident's own channel"),
        ("maintenance MNT-1", "MNT-1 Upgrade PostgreSQL* (C1) is planned."),
        ("maintenance 1", "MNT-1 Upgrade PostgreSQL* (C1) is planned."),
        ("maintenance MNT-1 end", "has not begun. To call it off"),
        ("maintenance edit 1 C9", "I know no criticality `C9`."),
        ("maintenance edit 1 C3 hold", "their alerts are held in the window"),
        ("maintenance edit 1 hold", "their alerts are held in the window"),
        ("maintenance mnt-7", "I know no maintenance `MNT-7`."),
        ('maintenance "Mail" C9 tomorrow 09:00-10:00', "I know no criticality `C9`. C1 is a very high risk"),
    ],
)
async def test_a_refusal_says_what_was_expected(world: World, text: str, says: str):
    await planned(world)

    assert says in shown(await asks(world, "dev", text, "general"))


async def test_only_its_first_word_says_that_it_is_new(world: World):
    text = 'maintenance new "Move to the new plan" C3 tomorrow 09:00-10:00 https://plan.test/new/1'
    said = plain(await asks(world, "dev", text, "general"))

    assert "*MNT-1 Move to the new plan* (C3) is planned." in said
    assert "<https://plan.test/new/1|plan.test/new/1>" in said
    plainly = 'maintenance "Move to a new room" C3 tomorrow 09:00-10:00 https://plan.test/2'
    said = plain(await asks(world, "dev", plainly, "general"))
    assert "*MNT-2 Move to a new room* (C3) is planned." in said
    assert "<https://plan.test/2|plan.test/2>" in said


async def test_how_critical_it_is_is_asked_with_all_that_was_typed(world: World):
    dev = world.person("dev")
    asked = await asks(world, "dev", 'maintenance "Mail" tomorrow 09:00-10:00 owner @ren', "general")

    await presses(world, dev, asked, "C3")

    assert "*Maintenance is planned: MNT-1 Mail* (C3)" in shown(announced(world))
    assert "Owner: ren" in plain(announced(world))


async def test_the_form_keeps_what_was_typed_and_plans(world: World):
    dev = await inc(world, "dev", "maintenance new Upgrade PostgreSQL some day services api", "general")
    assert dev.modal
    assert dev.modal["title"]["text"] == "Plan a maintenance"

    assert await sends(world, dev, criticality="C2", people=["ren"]) == {}

    said = plain(announced(world))
    assert "MNT-1 Upgrade PostgreSQL some day* (C2)" in said
    assert "Owner: dev · with ren\nServices: api" in said


async def test_the_list_has_what_runs_and_is_planned_with_its_buttons(world: World):
    await runs(world)
    await planned(world)
    dev = world.person("dev")

    listed = await asks(world, "dev", "maintenance", "general")

    assert shown(listed).index("MNT-1") < shown(listed).index("MNT-2")
    assert buttons(listed)[-1] == "Plan a maintenance"
    await presses(world, dev, listed, "It is over", confirm=True)
    assert "MNT-1" not in shown(answer(dev, "general"))
    await presses(world, dev, answer(dev, "general"), "Edit")
    assert dev.modal
    assert dev.modal["title"]["text"] == "Change MNT-2"
    assert await sends(world, dev, name="Later") == {}
    assert "MNT-2 Later" in shown(announced(world))


async def test_what_runs_has_a_line_in_the_list_of_incidents_and_at_home(world: World):
    await runs(world)

    assert "Maintenance is running: MNT-1 Upgrade PostgreSQL (C3)" in plain(
        await asks(world, "dev", "list", "general")
    )
    assert "Maintenance is running" not in plain(await asks(world, "gus", "list", "general"))
    dev = world.person("dev")
    await dev.open_home()
    await world.settle()
    home = await dev.open_home()
    assert "Maintenance is running: MNT-1 Upgrade PostgreSQL (C3)" in shown(home)


async def test_the_card_asks_once_and_a_related_one_has_the_owner_as_im(world: World):
    await runs(world)
    ren = await world.declare("ren", name="Disk full", summary="The api is slow")
    asked = card(ren)
    assert "Is this incident related to it? It names a service of MNT-1." in shown(asked)

    await presses(world, ren, asked, "Related")

    assert "is the IM of it now" in shown(answer(ren))
    after = shown(card(ren))
    assert "IM: dev" in after
    assert "Related to maintenance MNT-1 Upgrade PostgreSQL (owner dev)" in after
    assert "Not related" not in buttons(card(ren))
    assert any(
        "it is related to maintenance MNT-1" in one
        for one in [shown(await asks(world, "ren", "timeline all"))]
    )


async def test_an_unrelated_one_asks_its_people_to_leave_the_shared_call(world: World):
    await runs(world)
    await world.declare("ana")

    await inc(world, "ana", "maintenance related no")

    for who in ("dev", "ren"):
        assert "*Please leave the shared call:* INC-1 (S3) needs it" in dm(world, who)
    assert thread(world)[-1].startswith("INC-1 (S3) is not related to it: its people were asked to leave")
    assert "related" not in shown(card(world.person("ana")))


async def test_the_form_that_declares_asks_too(world: World):
    await runs(world)

    ana = await world.declare("ana", maintenance_question="1")

    assert "IM: dev" in shown(card(ana))
    assert "Is this incident related" not in shown(card(ana))


async def test_it_can_be_said_from_anywhere_by_the_incidents_number(world: World):
    await runs(world)
    await world.declare("ana")

    offered = await asks(world, "ana", "maintenance related yes", "general")
    assert "For INC-1" in buttons(offered)
    said = await asks(world, "ana", "INC-1 maintenance related yes", "general")
    again = await asks(world, "ana", "maintenance INC-1 related no", "general")

    assert "is the IM of it now" in shown(said)
    assert "is not related to maintenance" in shown(again)


async def test_the_panel_asks_too_and_is_silent_once_it_is_over(world: World):
    await runs(world)
    await world.declare("ana")
    assert {"Related", "Not related"} <= set(buttons(await whole_panel(world, "ana")))
    assert "Related" in buttons(card(world.person("ana")))

    await inc(world, "dev", "maintenance end", "general")

    assert "Related" not in buttons(await whole_panel(world, "ana"))
    assert "Related" not in buttons(card(world.person("ana")))


async def test_of_a_private_incident_the_maintenances_people_learn_nothing(world: World):
    await runs(world)
    ana = await world.declare("ana", name="Stolen key", visibility="private")
    channel = next(one.name for one in world.slack.workspace.channels.values() if "stolen" in one.name)

    await inc(world, "ana", "maintenance related no", channel)

    everywhere = [*(shown(one) for who in ("dev", "ren") for one in world.person(who).dm()), *thread(world)]
    assert any("Another incident needs it" in one for one in everywhere)
    assert not [one for one in everywhere if "INC-1" in one or "tolen" in one]
    assert ana


async def test_an_announcement_that_fails_is_told_to_who_planned_it(world: World):
    world.slack.workspace.channel("incidents").archived = True
    await world.stop()
    await world.start()

    await planned(world)

    assert "could not be announced" in dm(world, "ana")


async def test_a_word_of_evil_names_nobody(world: World):
    await planned(world, 'maintenance "<!channel> *bold*" C4 tomorrow 09:00-10:00')

    assert "<!channel>" not in announced(world)["text"]
    assert told(world.person("bo"), "incidents")
    assert CHANNEL
