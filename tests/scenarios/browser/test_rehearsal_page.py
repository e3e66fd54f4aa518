"""The rehearsal in a browser: the story of `/inc simulate`, and what is wrong under its field."""

import asyncio
import re
from html import unescape

import pytest

from bot.rehearsal import asked
from sandbox.directory import change_user
from tests.scenarios.browser.conftest import Answer, Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down

PATH = "/on-call/rehearsal"
CHRISTMAS = {"severity": "S1", "at": "2026-12-25T03:10", "hours": "1", "answers": "2"}


async def rehearsed(reader: Reader, **fields: str) -> Answer:
    return await reader.send(PATH, PATH, **CHRISTMAS | fields)


async def test_it_tells_minute_by_minute_who_would_be_called_and_calls_nobody(reader: Reader):
    sit_down(reader, "ana")  # in Lisbon, as UTC in winter
    page = await rehearsed(reader, silent="EOC")

    words = seen(page)
    assert "S1, declared Friday, 2026-12-25 03:10 in Europe/Lisbon." in words
    assert "Not answering: EOC. The others acknowledge 2 min after they are called." in words
    assert "03:10 ana , by Slack You are paged for INC-1 Rehearsal (S1 Critical" in words
    assert "Why: you are on call as Engineer On Call (dotcom EOC), first to be called." in words
    story = words.partition("What would happen")[2]
    assert re.search(r"03:12 after 2 min .*ines acknowledges", story)
    assert (
        "#inc-1-rehearsal , by Slack ana did not answer the page for EOC"
        in story.partition("03:25 after 15 min")[2]
    )
    assert 'value="2026-12-25T03:10"' in page.text
    assert len(page.text.encode()) < 60_000
    assert reader.world.person("ana").dm() == []


async def test_it_says_who_answers_when_and_that_nobody_does(reader: Reader):
    sit_down(reader, "ana")

    late = seen(await rehearsed(reader, answers="14"))
    none = seen(await rehearsed(reader, nobody="yes"))

    assert "ana acknowledges" in late.partition("03:24")[2].partition("03:25")[0]
    assert "Nobody answers." in none
    assert "acknowledges" not in none.partition("What would happen")[2]
    assert "Not answered:" in none


@pytest.mark.parametrize(
    ("fields", "field", "why"),
    [
        ({"type": "Nonsense"}, "type", "I know no incident type “Nonsense”."),
        ({"severity": "S9"}, "severity", "I know no severity “S9”."),
        ({"at": "<b>"}, "at", "do not understand the time <b>"),
        ({"at": "2200-01-01T00:00"}, "at", "no day 2200-01-01"),
        ({"at": "2026-03-29T01:30"}, "at", "skip 01:30"),
        ({"hours": "25"}, "hours", "up to 24"),
        ({"hours": "nan"}, "hours", "up to 24"),
        ({"answers": "-1"}, "answers", "up to 120"),
        ({"answers": "nan"}, "answers", "up to 120"),
        ({"silent": "EOCC"}, "silent", "Did you mean EOC?"),
        ({"silent": "Ana Ferreira, Zoe Young"}, "silent", "I know no role, team or person “Zoe Young”."),
    ],
)
async def test_what_cannot_be_rehearsed_stands_under_its_field(
    reader: Reader, fields: dict[str, str], field: str, why: str
):
    change_user(reader.world.slack.workspace, "ana", real_name="Ana Ferreira")
    await reader.world.settle()
    sit_down(reader, "ana")

    page = await rehearsed(reader, **fields)

    assert page.status == 422
    said = page.text.partition(f'id="rehearsal-{field}-wrong"')[2].partition("</span>")[0]
    assert why in unescape(re.sub(r"</?code>", "", said))
    assert "What would happen" not in page.text
    assert 'name="answers" type="text"' in page.text


async def test_one_rehearses_at_a_time_and_not_for_long(reader: Reader, monkeypatch: pytest.MonkeyPatch):
    sit_down(reader, "ana")
    form = (await reader.get(PATH)).text.partition('name="mark" value="')[2].partition('"')[0]

    both = await asyncio.gather(*(reader.post(PATH, CHRISTMAS | {"mark": form}) for _ in range(2)))

    assert sorted(one.status for one in both) == [200, 422]
    assert sum("Somebody rehearses just now" in one.text for one in both) == 1
    monkeypatch.setattr(asked, "LIMIT", 0.0)
    long = await rehearsed(reader)
    assert long.status == 422
    assert "This takes too long" in long.text


async def test_a_guest_rehearses_nothing(reader: Reader):
    sit_down(reader, "gus")

    for page in (await reader.get(PATH), await reader.send("/", PATH, **CHRISTMAS)):
        assert page.status == 409
        assert "Guests cannot do that" in page.text
