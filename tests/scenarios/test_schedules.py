"""Pages ask schedules: before and after a handover, when clocks change, in a gap, with an override."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Config, load
from bot.domain.oncall.overrides import Override
from bot.views.mrkdwn import when
from storage import overrides, people, roles
from storage.transaction import Tx
from tests.domain.oncall.values import utc
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import asks, buttons, deactivates, presses, shown, told

DAILY = "{rotation: daily, handover: 09:00, start: 2026-03-02, people: [ana@example.com, bo@example.com]}"
"""In Berlin: Ana until Tuesday, 3 March, 09:00, then Bo."""
AT_NIGHT = DAILY.replace("09:00", "02:30")
WEEKENDS = DAILY.replace("people", "only: [sat-sun], people")
LEADERS = "[lena@example.com, luis@example.com]"
HANDOVER = "2026-03-03 08:00"


@pytest.fixture
def at() -> str:
    return "2026-03-03 07:55"


@pytest.fixture
def clock(at: str) -> FakeClock:
    return FakeClock(utc(at))


@pytest.fixture
def eoc() -> str:
    return DAILY


@pytest.fixture
def im() -> str:
    return DAILY.replace("ana@", "ines@").replace("bo@", "ivan@")


@pytest.fixture
def leaders() -> str:
    return LEADERS


@pytest.fixture
def config(tmp_path: Path, eoc: str, im: str, leaders: str) -> Config:
    """Have two teams with schedules: the EOC's is the test's, the IM's has the same handover."""
    listed = CONFIG.read_text("utf-8")
    lists = ("[ana@example.com, bo@example.com]", "[ines@example.com, ivan@example.com]")
    for name, written in zip(("EOC", "IM"), lists, strict=True):
        assert written in listed
        listed = listed.replace(written, name, 1)
    each = [
        f"  {name}: {{zone: Europe/Berlin, reminders: [], layers: [{layers}]}}"
        for name, layers in (("EOC", eoc), ("IM", im))
    ]
    assert LEADERS in listed
    listed = listed.replace(LEADERS, leaders)
    file = tmp_path / "muster.yml"
    file.write_text("\n".join([listed, "schedules:", *each]), "utf-8")
    return load(file)


def paged(world: World, *handles: str) -> list[str]:
    """Return who of these people has been paged."""
    return [who for who in handles if any("You are paged" in shown(one) for one in world.person(who).dm())]


async def test_a_page_stays_with_whom_it_called_and_the_next_level_asks_who_is_on_call_now(world: World):
    await world.declare()
    assert paged(world, "ana", "bo", "ines", "ivan") == ["ana"]
    await world.pass_minutes(10)
    assert paged(world, "ana", "bo", "ines", "ivan") == ["ana"]
    ana = world.person("ana")
    sent = [call for call in world.slack.calls("chat.postMessage") if call.args["channel"] == ana.id]
    called = [call for call in sent if "You are paged" in call.args["text"]]
    assert len(called) == 3  # the page and its reminders
    assert len(sent) == 4  # and that it waits to be taken over
    await world.pass_minutes(5)

    assert "moved on to the next level" in shown(ana.dm()[-1])
    assert paged(world, "ana", "bo", "ines", "ivan") == ["ivan"]


@pytest.mark.parametrize(("at", "who"), [("2026-03-03 07:59", "ana"), (HANDOVER, "bo")])
async def test_a_handover_counts_from_its_minute_on(world: World, who: str):
    await world.declare()

    assert paged(world, "ana", "bo") == [who]


@pytest.mark.parametrize("eoc", [AT_NIGHT])
@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-03-29 01:29", "ana"),
        ("2026-03-29 01:30", "bo"),
        ("2026-10-25 00:29", "ana"),
        ("2026-10-25 00:30", "bo"),
        ("2026-10-25 01:30", "bo"),
    ],
    ids=["it does not exist", "so it is an hour later", "before", "it is the first time", "the second time"],
)
async def test_a_handover_where_the_clocks_change_happens_once(world: World, who: str):
    await world.declare()

    assert paged(world, "ana", "bo") == [who]


@pytest.mark.parametrize("eoc", [DAILY.replace("[ana@example.com,", "[[ana@example.com, sam@example.com],")])
async def test_all_who_are_on_call_at_once_are_paged_and_one_answer_is_enough(world: World):
    await world.declare()
    assert paged(world, "ana", "bo", "sam") == ["ana", "sam"]

    await presses(world, world.person("sam"), world.person("sam").dm()[-1], "Acknowledge")

    assert paged(world, "ana", "sam") == []
    await world.pass_minutes(16)
    assert paged(world, "ines", "ivan") == []


@pytest.mark.parametrize(
    "eoc", [DAILY.replace("[ana@example.com,", "[[ana@example.com, sam@example.com],"), DAILY]
)
async def test_whoever_leaves_in_mid_shift_leaves_no_page_behind(world: World, eoc: str):
    together = "sam" in eoc
    await world.declare()

    await deactivates(world, "ana")
    assert paged(world, "ines", "ivan") == ([] if together else ["ines"])
    await world.declare(name="Again")

    names = [shown(one) for one in world.person("sam" if together else "ines").dm()]
    assert any("Again" in one for one in names)
    assert not any("Again" in shown(one) for one in world.person("ana").dm())


@pytest.mark.parametrize("eoc", [WEEKENDS])
async def test_in_a_gap_the_next_level_is_paged_at_once(world: World):
    dev = await world.declare()

    assert paged(world, "ana", "bo", "ines", "ivan") == ["ines"]
    assert any("nobody is on call" in one.lower() for one in told(dev))


@pytest.mark.faults
@pytest.mark.parametrize(("eoc", "im", "leaders"), [(WEEKENDS, WEEKENDS, "IM")])
async def test_with_nobody_on_call_anywhere_the_channel_is_called_until_somebody_is(world: World):
    dev = await world.declare()
    assert any("*Nobody is on call for dotcom EOC, at no level.*" in one for one in told(dev))

    def cover(tx: Tx) -> None:
        lena = people.named(tx, "lena@example.com")
        assert lena
        overrides.add(tx, "IM", Override(tx.now, tx.now + timedelta(hours=1), lena.id), by=lena.id)

    await world.muster.uow.perform(cover)
    assert paged(world, "lena") == []
    await world.pass_minutes(15)

    assert paged(world, "lena") == ["lena"]


@pytest.mark.faults
@pytest.mark.parametrize(
    ("at", "eoc", "im", "leaders"), [("2026-03-06 22:50", WEEKENDS, WEEKENDS.replace("sat-sun", "tue"), "IM")]
)
async def test_a_page_that_called_nobody_calls_whoever_begins_a_shift_on_an_earlier_level(world: World):
    dev = await world.declare()
    assert paged(world, "ana", "bo") == []

    await world.pass_minutes(15)

    assert paged(world, "ana", "bo") == ["ana"]
    assert any("*Nobody was on call to answer" in one for one in told(dev))


async def test_on_call_says_who_is_now_and_next_in_the_readers_time(world: World):
    alone = shown(await asks(world, "dev", "oncall eoc", "general"))

    ana, bo, ines, ivan = (f"<@{world.person(one).id}>" for one in ("ana", "bo", "ines", "ivan"))
    until = f"until {when(utc(HANDOVER))}, next"
    assert f"(dotcom EOC)*: {ana} {until} {bo}" in alone
    assert f"then after 15 min IM {ines} {until} {ivan}, after 30 min" in alone
    assert "declare with `/inc`" in alone
    await deactivates(world, "bo")
    assert f"{ana} {until} nobody" in shown(await asks(world, "dev", "oncall eoc", "general"))


async def test_an_override_is_paged_while_it_holds(world: World, clock: FakeClock):
    def cover(tx: Tx) -> None:
        sam, ana = (found.id for name in ("sam", "ana") if (found := people.named(tx, f"{name}@example.com")))
        until = tx.now + timedelta(minutes=2)
        overrides.add(tx, "EOC", Override(tx.now, until, sam, replaces=ana), by=sam)

    await world.muster.uow.perform(cover)
    await world.declare()
    assert paged(world, "ana", "bo", "sam") == ["sam"]
    await world.pass_minutes(2)
    await world.declare(name="Again")

    assert paged(world, "ana", "bo", "sam") == ["ana", "sam"]


SHADOWED = (
    DAILY + ", {rotation: daily, handover: 09:00, start: 2026-03-02, people: [sam@example.com], shadow: true}"
)


@pytest.mark.parametrize("eoc", [SHADOWED])
async def test_who_shadows_is_told_of_a_page_once_and_never_paged(world: World):
    await world.declare()
    await world.pass_minutes(16)
    sam, ana = world.person("sam"), world.person("ana")

    [said] = sam.dm()
    assert said["text"].startswith(f"You shadow dotcom EOC: <@{ana.id}> is paged for INC-1 Disk full")
    assert buttons(said) == []
    assert sam.id not in str(await world.muster.uow.read(roles.of, 1))
    assert sam.id not in world.slack.workspace.channel("inc-1-disk-full").members


@pytest.mark.parametrize("eoc", [SHADOWED])
async def test_who_shadows_hears_nothing_of_a_private_incident(world: World):
    await world.declare(visibility="private")

    assert world.person("sam").dm() == []
    assert paged(world, "ana") == ["ana"]
