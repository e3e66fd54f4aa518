"""Calendars as other products and their failures hand them over: read from files and over HTTP, bounded."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.oncall.calendars import Event
from bot.domain.oncall.schedules import Calendar
from bot.imports import events
from bot.integrations import calendars
from bot.integrations.calendars import Unread, _text, read
from tests.domain.oncall.values import BERLIN, utc
from tests.imports.test_ical import BERLIN_TIMES, calendar

NOW = utc("2026-03-27 12:00")
"""Two days before the clocks change in Berlin."""
SOURCE = Calendar(ZoneInfo(BERLIN), file="x.ics")


def found(text: str, days: float = 5) -> list[str]:
    """Return the events of the next days, in UTC, and what was odd."""
    events_found, odd = events.read(events.parsed(text), SOURCE.zone, NOW, NOW + timedelta(days=days))
    said = [f"{one.start:%d %H:%M}-{one.end:%d %H:%M} {'+'.join(one.who)}" for one in sorted(events_found)]
    return [*said, *odd]


DAILY = (
    "DTSTART;TZID=Europe/Berlin:20260301T090000\nDTEND;TZID=Europe/Berlin:20260301T170000\nRRULE:FREQ=DAILY"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            calendar(f"{DAILY}\nSUMMARY:Ana", head=BERLIN_TIMES),
            [
                "27 08:00-27 16:00 Ana",
                "28 08:00-28 16:00 Ana",
                "29 07:00-29 15:00 Ana",
                "30 07:00-30 15:00 Ana",
            ],
        ),
        (
            calendar(f"{DAILY}\nSUMMARY:Ana\nEXDATE;TZID=Europe/Berlin:20260328T090000", head=BERLIN_TIMES),
            ["27 08:00-27 16:00 Ana", "29 07:00-29 15:00 Ana", "30 07:00-30 15:00 Ana"],
        ),
        (
            calendar(f"{DAILY}\nSUMMARY:Ana", head=BERLIN_TIMES).replace(
                "END:VCALENDAR",
                "BEGIN:VEVENT\r\nUID:0\r\nDTSTAMP:20260101T000000Z\r\n"
                "RECURRENCE-ID;TZID=Europe/Berlin:20260328T090000\r\n"
                "DTSTART:20260328T200000Z\r\nDTEND:20260328T210000Z\r\nSUMMARY:Bo\r\nEND:VEVENT\r\nEND:VCALENDAR",
            ),
            [
                "27 08:00-27 16:00 Ana",
                "28 20:00-28 21:00 Bo",
                "29 07:00-29 15:00 Ana",
                "30 07:00-30 15:00 Ana",
            ],
        ),
        (
            calendar("DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330\nSUMMARY:Ana"),
            ["27 23:00-29 22:00 Ana"],
        ),
        (
            calendar("DTSTART;TZID=W. Europe Standard Time:20260328T090000\nDURATION:PT1H\nSUMMARY:Ana"),
            ["28 08:00-28 09:00 Ana"],
        ),
        (
            calendar("DTSTART;TZID=Middle Earth:20260328T090000\nDURATION:PT1H\nSUMMARY:Ana"),
            ["28 08:00-28 09:00 Ana", "the time zone `Middle Earth` is unknown: read as Europe/Berlin"],
        ),
        (
            calendar(f"{DAILY.replace('DAILY', 'SECONDLY')}\nSUMMARY:Ana"),
            ["event `Ana` repeats more than once an hour, and is left out"],
        ),
        (
            calendar(
                "DTSTART:20260230T090000Z\nDTEND:20260328T100000Z\nSUMMARY:Ana",
                "SUMMARY:Never",
                "DTSTART:20260328T090000Z\nDTEND:20260328T100000Z\nSUMMARY:Bo",
            ),
            [
                "28 09:00-28 10:00 Bo",
                "event `Ana` has a time that cannot be read (DTSTART), and is left out",
                "event `Never` has no one start, and is left out",
            ],
        ),
        (
            calendar(
                "DTSTART:20260328T090000Z\nDTEND:20260328T100000Z\nSUMMARY:Shift\nATTENDEE:mailto:ana@example.com\n"
                "ATTENDEE;CUTYPE=ROOM:mailto:room@example.com\nATTENDEE;PARTSTAT=DECLINED:mailto:no@example.com\n"
                "ATTENDEE:MAILTO:bo@example.com"
            ),
            ["28 09:00-28 10:00 ana@example.com+bo@example.com"],
        ),
        (calendar("DTSTART:20260328T090000Z\nDTEND:20260328T100000Z\nSTATUS:CANCELLED\nSUMMARY:Ana"), []),
        (calendar(), []),
    ],
    ids=[
        "an endless recurrence where the clocks change",
        "an exception",
        "a moved instance",
        "whole days in the calendar's zone",
        "a zone as Windows calls it",
        "an unknown zone",
        "every second",
        "a day that there is not, and none",
        "attendees",
        "cancelled",
        "empty",
    ],
)
def test_events_are_read_as_they_are_meant(text: str, expected: list[str]) -> None:
    assert found(text, days=3.5) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<!doctype html><p>Sign in</p>", "is a web page, not a calendar"),
        ("", "is no calendar: BEGIN:VCALENDAR is missing"),
        ('{"error": "x"}', "is no calendar: BEGIN:VCALENDAR is missing"),
        (calendar("DTSTART:20260328T090000Z\nSUMMARY:Ana")[:-20], "is cut off: END:VCALENDAR is missing"),
    ],
    ids=["a web page", "nothing", "JSON", "half of it"],
)
async def test_what_is_no_calendar_is_refused_by_the_process_that_reads_it(text: str, why: str) -> None:
    with pytest.raises(Unread, match=why):
        await read(text.encode(), SOURCE, NOW)


async def test_a_calendar_is_read_by_a_process_of_its_own() -> None:
    text = calendar("DTSTART:20260328T090000Z\nDTEND:20260328T100000Z\nSUMMARY:[L2] On Call - \u00dcl - EOC")

    (one,) = (await read(text.encode(), SOURCE, NOW)).events

    assert one == Event(
        utc("2026-03-28 09:00"), utc("2026-03-28 10:00"), 2, ("\u00dcl",), "[L2] On Call - \u00dcl - EOC"
    )


async def test_one_that_takes_too_long_is_given_up_and_its_process_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calendars, "READING", 0.0)

    with pytest.raises(Unread, match="takes longer than 0 s"):
        await read(calendar().encode(), SOURCE, NOW)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "icalendar", None)

    with pytest.raises(events.Unreadable, match=r"pip install 'muster-bot\[calendars\]'"):
        events.parsed(calendar())


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def served() -> AsyncIterator[Callable[[Answer], Awaitable[str]]]:
    """Serve answers at an address of this machine."""
    servers = []

    async def serve(answer: Answer) -> str:
        app = web.Application()
        app.router.add_get("/{any:.*}", answer)
        servers.append(TestServer(app))
        await servers[-1].start_server()
        return str(servers[-1].make_url("/private-s3cr3t/basic.ics"))

    yield serve
    for one in servers:
        await one.close()


async def fetched(url: str, conditions: dict[str, str] | None = None) -> tuple[bytes | None, object]:
    return await _text(Calendar(ZoneInfo("UTC"), url=url), conditions or {})


async def test_a_calendar_is_asked_for_anew_only_when_it_changed(served) -> None:
    async def answer(request: web.Request) -> web.Response:
        same = request.headers.get("If-None-Match") == '"1"'
        return web.Response(status=304) if same else web.Response(text="x", headers={"ETag": '"1"'})

    url = await served(answer)
    text, conditions = await fetched(url)

    assert (text, conditions) == (b"x", {"If-None-Match": '"1"'})
    assert (await fetched(url, {"If-None-Match": '"1"'}))[0] is None


@pytest.mark.parametrize(
    ("status", "headers", "why"),
    [
        (404, {}, "it answered 404"),
        (500, {}, "it answered 500"),
        (304, {}, "it answered 304"),
        (302, {"Location": "http://169.254.169.254/"}, "redirected to another place"),
        (302, {"Location": "file:///etc/passwd"}, "redirected to another place"),
        (302, {}, "redirected again and again"),
        (302, {"Location": "/"}, "redirected again and again"),
    ],
)
async def test_an_answer_is_named_without_the_address(served, status, headers, why) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    with pytest.raises(Unread, match=why) as refused:
        await fetched(await served(answer))

    assert "s3cr3t" not in str(refused.value)


async def test_of_a_calendar_of_50_mb_no_more_than_5_are_read(served, tmp_path: Path) -> None:
    sent = []

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(50):
            await response.write(b"x" * 1_000_000)
            sent.append(1)
        return response

    with pytest.raises(Unread, match="has more than 5 MB"):
        await fetched(await served(answer))
    assert len(sent) < 20

    file = tmp_path / "x.ics"
    file.write_bytes(b"x" * 5_000_001)
    with pytest.raises(Unread, match="has more than 5 MB"):
        await _text(Calendar(ZoneInfo("UTC"), file=str(file)), {})


async def test_one_that_does_not_arrive_is_given_up(served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "FETCHING", 0.05)
    done = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await done.wait()
        return web.Response()

    with pytest.raises(Unread, match="did not arrive"):
        await fetched(await served(answer))
    done.set()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (Calendar(ZoneInfo("UTC"), url="http://127.0.0.1:1/x"), "could not be fetched"),
        (Calendar(ZoneInfo("UTC"), file="/nowhere/x.ics"), "No such file"),
        (Calendar(ZoneInfo("UTC")), "has no address here"),
    ],
)
async def test_a_source_that_is_away_is_named(source: Calendar, why: str) -> None:
    with pytest.raises(Unread, match=why):
        await _text(source, {})
