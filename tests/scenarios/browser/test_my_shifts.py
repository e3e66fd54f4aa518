"""Somebody's own shifts in a browser: what they send there is what they could have done in Slack."""

import re
from html import unescape
from pathlib import Path

import pytest

from bot.config import Config, load
from tests.scenarios.browser.conftest import Answer, Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.look import inc, shown
from tests.scenarios.test_cover import configured

MINE = "/on-call/mine"
SENT = "a-form-of-ours"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Have ana and bo take weeks as the EOC, and carla be the CMOC. It is Monday of ana's week, 12:00."""
    file = configured(tmp_path / "muster.yml")
    written = file.read_text("utf-8")
    file.write_text(written.replace("managers: [ines", "channel: general\n    managers: [ines"), "utf-8")
    return load(file)


def option(page: Answer, field: str, words: str) -> str:
    """Return the value of an option of a menu."""
    menu = page.text.partition(f'name="{field}"')[2].partition("</select>")[0]
    found = re.search(rf'value="([^"]+)"[^>]*>[^<]*{re.escape(words)}', menu)
    assert found, menu
    return unescape(found[1])


def in_channel(reader: Reader) -> str:
    return "\n".join(shown(one) for one in reader.world.person("ana").messages("general"))


async def test_a_whole_shift_is_asked_for_and_taken_by_forms(reader: Reader):
    sit_down(reader, "ana")
    page = await reader.get(MINE)
    assert "EOC : now , until 9 Mar 2026 09:00 UTC" in seen(page)

    whole = {"shift": option(page, "shift", "Mon 16 Mar 09:00"), "schedule": "EOC", "once": SENT}
    for _ in range(2):
        assert (await reader.send(MINE, f"{MINE}/cover", **whole)).to == f"{MINE}?done=cover"
    await reader.world.settle()

    assert in_channel(reader).count("asks for cover") == 1
    assert "Until somebody accepts, you are on call." in seen(await reader.get(f"{MINE}?done=cover"))
    sit_down(reader, "bo")
    page = await reader.get(MINE)
    asked = str(re.search(r"/on-call/requests/\d+", page.text)[0])  # type: ignore[index]
    assert (await reader.send(MINE, asked, do="accept")).to == f"{MINE}?done=accepted"
    await reader.world.settle()
    assert "*Accepted*" in in_channel(reader)
    assert "bo (override, instead of ana )" in seen(await reader.get("/on-call/schedules/EOC"))
    assert (await reader.send(MINE, asked, do="accept")).status == 409
    assert (await reader.send(MINE, asked, do="nonsense")).status == 409


async def test_a_time_is_taken_given_and_given_back(reader: Reader):
    world = reader.world
    sit_down(reader, "bo")  # in Seoul, nine hours ahead
    times = {"from": "2026-03-03T09:00", "until": "2026-03-03T18:00"}

    taken = await reader.send(MINE, f"{MINE}/override", schedule="EOC", person="me", once=SENT, **times)

    assert taken.to == f"{MINE}?done=override"
    await world.settle()
    assert "is on call" in in_channel(reader)
    page = await reader.get(MINE)
    assert "EOC : bo , 3 Mar 2026 09:00 (00:00 UTC) to 3 Mar 2026 18:00 (09:00 UTC)" in seen(page)
    made = str(re.search(r"/on-call/overrides/\d+", page.text)[0])  # type: ignore[index]
    sit_down(reader, "dev")
    assert "Only those whom this override concerns" in (await reader.send(MINE, made)).text
    sit_down(reader, "bo")
    assert (await reader.send(MINE, made)).to == f"{MINE}?done=cancelled"
    await world.settle()
    assert "is cancelled" in in_channel(reader)
    sit_down(reader, "ana")
    given = await reader.send(
        MINE, f"{MINE}/override", schedule="EOC", person="carla@example.com", once="given-by-ana", **times
    )
    assert given.status == 303
    await world.settle()
    assert "instead of you" not in shown(world.person("ana").dm()[-1])
    assert "You are on call for EOC" in shown(world.person("carla").dm()[-1])


async def test_a_swap_is_offered_to_its_colleague_and_declined(reader: Reader):
    world = reader.world
    sit_down(reader, "ana")
    page = await reader.get(MINE)
    form = {"shift": option(page, "shift", "Mon 16 Mar"), "theirs": option(page, "theirs", "bo, Mon 9 Mar")}

    assert (await reader.send(MINE, f"{MINE}/swap", once=SENT, **form)).to == f"{MINE}?done=swap"
    await world.settle()

    assert "to swap" in in_channel(reader)
    asked = str(re.search(r"/on-call/requests/\d+", (await reader.get(MINE)).text)[0])  # type: ignore[index]
    sit_down(reader, "carla")
    page = await reader.get(MINE)
    assert "offers" in seen(page)
    assert asked not in page.text
    assert "offered to" in (await reader.send(MINE, asked, do="accept")).text
    sit_down(reader, "bo")
    assert "Accept the swap" in seen(await reader.get(MINE))
    assert (await reader.send(MINE, asked, do="end")).to == f"{MINE}?done=ended"
    assert "Nobody asks just now." in seen(await reader.get(MINE))


MORNING = {"from": "2026-03-03T09:00", "until": "2026-03-03T10:00"}
EOC = {"schedule": "EOC"}
WRONG = (
    ("cover", EOC, "from", "Say from when until when."),
    ("cover", EOC | {"from": "2026-03-03T09:00"}, "until", "Say from when until when."),
    ("cover", EOC | MORNING | {"from": "soon"}, "from", "do not understand the time"),
    ("cover", EOC | MORNING | {"from": "1960-01-01T00:00"}, "from", "no day"),
    ("cover", EOC | {"from": "2026-03-29T01:30", "until": "2026-03-30T09:00"}, "from", "skip 01:30"),
    ("cover", MORNING | {"schedule": "None"}, "until", "no schedule"),
    ("cover", MORNING | {"schedule": "CMOC"}, "until", "nothing to cover"),
    ("override", EOC | MORNING | {"person": "zoe"}, "person", "I know nobody called “zoe”"),
    ("override", EOC | MORNING | {"person": "me", "until": "2026-03-03T08:00"}, "from", "has to end after"),
    ("override", MORNING | {"schedule": "CMOC", "person": "bo"}, "from", "cannot give it"),
)


@pytest.mark.parametrize(("form", "fields", "field", "why"), WRONG)
async def test_what_cannot_be_done_stands_under_its_field_and_nothing_is_lost(
    reader: Reader, form: str, fields: dict[str, str], field: str, why: str
):
    sit_down(reader, "ana")

    page = await reader.send(MINE, f"{MINE}/{form}", once=SENT, **fields)

    assert page.status == 422
    said = page.text.partition(f'id="{form}-{field}-wrong"')[2].partition("</span>")[0]
    assert why in unescape(re.sub(r"<[^>]+>", "", said))
    assert f'<details class="add" id="{form}-form" open>' in page.text
    for name, value in fields.items():
        part = page.text.partition(f'id="{form}-{name}"')[2]
        assert value in part[:1000] or value == "None"
    assert "asks for cover" not in in_channel(reader)


async def test_addresses_for_a_calendar_program_are_made_new(reader: Reader):
    sit_down(reader, "ana")
    first = str(re.search(r"http://[^<]+\.ics", (await reader.get(MINE)).text)[0])  # type: ignore[index]
    assert "SUMMARY:On call - ana - EOC" in (await reader.get(first)).text

    assert (await reader.send(MINE, f"{MINE}/calendar")).to == f"{MINE}?done=renewed"

    second = str(re.search(r"http://[^<]+\.ics", (await reader.get(MINE)).text)[0])  # type: ignore[index]
    assert (await reader.get(first)).status == 404
    assert (await reader.get(second)).status == 200


async def test_a_guest_sees_and_does_none_of_it(reader: Reader):
    world = reader.world
    await inc(world, "ana", "cover me tomorrow 09:00-12:00", "general")
    await world.settle()
    sit_down(reader, "gus")
    times = {"from": "2026-03-03T09:00", "until": "2026-03-03T18:00"}

    answers = [
        await reader.get(MINE),
        await reader.send("/", f"{MINE}/override", schedule="EOC", person="me", once=SENT, **times),
        await reader.send("/", f"{MINE}/calendar"),
        await reader.send("/", "/on-call/requests/1", do="accept"),
        await reader.send("/", "/on-call/overrides/1"),
    ]

    assert [one.status for one in answers] == [409] * 5
    assert all("Guests cannot do that" in one.text for one in answers)
    assert "is on call" not in in_channel(reader)
