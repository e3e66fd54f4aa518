"""Each figure of the insights opens what stands behind it, and that is as many as the figure says."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from bot.config import Config, load
from bot.domain.alerts.changes import ChangeEvent
from bot.domain.alerts.signals import Signal, State
from bot.domain.incidents.incident import Draft, Severity, Status
from bot.operations.alerts.changes import keep
from bot.operations.alerts.intake import take
from bot.operations.incidents.declare import declare
from bot.operations.incidents.lifecycle import change_status
from bot.operations.work.actions import Plan
from bot.operations.work.follow_ups import NewFollowUp, add_follow_up, cancel_follow_up, finish_follow_up
from bot.operations.work.update import post_update
from storage import incidents
from storage.alerts import Taken
from tests.fakes import FakeClock
from tests.scenarios.browser.conftest import Reader, signed_in
from tests.scenarios.browser.test_oncall import LAYER
from tests.scenarios.conftest import CONFIG
from tests.scenarios.look import inc

MARCH = "from=2026-03-01&to=2026-03-31"
LINK = re.compile(r'<a href="([^"]*insights/incidents\?[^"]*)">([^<]*)</a>')
BARE = re.compile(r"<td>\s*([1-9]\d*)\s*</td>")
IN_TIME, LATE = r"<td>(\d+)</td><td>\d+</td><td><time", r"<td>\d+</td><td>(\d+)</td><td><time"
CHANNEL = "inc-1-checkout-fails"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 3, 7, 21, 30, tzinfo=UTC))  # a Saturday, and soon it is night


@pytest.fixture
def config(tmp_path: Path) -> Config:
    listed = CONFIG.read_text("utf-8").replace("[ana@example.com, bo@example.com]", "EOC", 1)
    layer = LAYER % ("ana", "bo", "")
    said = f"""
admins: [ines@example.com]
insights: {{channel: incidents, cause: Cause, change: Change}}
fields: {{Cause: {{}}, Change: {{}}}}
schedules: {{EOC: {{zone: UTC, reminders: [], layers: [{layer}]}}}}
"""
    file = tmp_path / "muster.yml"
    file.write_text(f"{listed}\n{said}", "utf-8")
    return load(file)


async def lived(reader: Reader) -> None:
    """Have something behind every figure, in this time and in the one before it."""
    world, perform = reader.world, reader.world.muster.uow.perform
    dev, ren = (world.person(who).id for who in ("dev", "ren"))
    await world.declare("dev", name="Checkout fails", severity="S1")
    await world.pass_minutes(4)
    await inc(world, "ana", "ack", channel=CHANNEL)
    await inc(world, "ines", "field Affected services api, web & co", channel=CHANNEL)
    await inc(world, "ines", "field Cause =1+1 <i>", channel=CHANNEL)
    await inc(world, "ines", "field Change yes", channel=CHANNEL)
    await inc(world, "ines", "time impact-start 30 minutes ago", channel=CHANNEL)
    await world.pass_minutes(50)
    await inc(world, "ines", "status Monitoring", channel=CHANNEL)
    for title, due in (("Add a node", date(2026, 3, 7)), ("Alert sooner", None), ("No more", None)):
        made = await perform(add_follow_up, 1, NewFollowUp(title, owner=dev, due=due), by=dev)
        if title == "Alert sooner":
            await perform(finish_follow_up, made.action.id, by=dev)
        if title == "No more":
            await perform(cancel_follow_up, made.action.id, by=dev)
    await perform(add_follow_up, 1, NewFollowUp("Secret", owner=dev, plan=Plan(private=True)), by=dev)
    changes = [("ci", ChangeEvent(f"Deployed {number}")) for number in range(4)]
    await perform(keep, changes)
    for text in ("We look", "We fix", "We wait"):
        await perform(
            post_update,
            1,
            text,
            by=dev,
            status=Status.FIXING,
            severity=Severity.S1,
            next_in=timedelta(minutes=10),
        )
        await world.pass_minutes(9 if text == "We look" else 11)
    lead = (await world.muster.uow.read(incidents.get, 1)).lead
    await perform(change_status, 1, Status.RESOLVED, by=lead)
    await world.declare("dev", name="Fire drill", type="Gameday", people=["dev"])
    await world.declare("dev", name="Stolen key", type="SIRT", severity="S3")
    for near_miss in (True, False):
        draft = Draft("Near", "GitLab.com", Severity.S4, near_miss=near_miss)
        await perform(declare, draft, by=ren, form=None)
    signals = [Signal(f"disk-{n}", "Disk full", State.FIRING, Severity.S2, group=f"g{n}") for n in range(3)]
    await perform(take, [[Taken("prometheus", one, "{}") for one in signals]])
    await world.pass_minutes(180)


async def whole(reader: Reader, path: str) -> str:
    """Return all pages of a list."""
    answer = await reader.get(path)
    assert answer.status == 200, path
    further = re.search(r'<a href="([^"]*)" rel="next">', answer.text)
    rest = await whole(reader, f"/insights/incidents{unescape(further[1])}") if further else ""
    return answer.text + rest


def opened(page: str, key: str) -> list[int]:
    """Return the numbers that a list may be opened by: what it says in its heading, and as it is counted."""
    total = re.search(r"</h1>\s*<p>([^.]*)", page)
    assert total, key
    said = [int(one) for one in re.findall(r"\d+", total[1])[:2]]
    rows = len(re.findall(r'<tr><th scope="row">', page))
    if key.startswith(("updates", "late")):
        kept, late = ([int(one) for one in re.findall(column, page)] for column in (IN_TIME, LATE))
        assert [sum(kept), sum(late)] == said, key
        return [*said, sum(said)]
    assert rows == said[0], key
    return (
        [rows, *map(int, re.findall(r"</th><td>(\d+)</td></tr>", page))]
        if key.startswith("shift")
        else [rows]
    )


@pytest.mark.parametrize("who", ["dev", "ines", "ren"])
async def test_each_number_leads_to_as_many(reader: Reader, who: str) -> None:
    await lived(reader)
    reader.http.cookie_jar.update_cookies(signed_in(reader.world, who), reader.home)

    kinds, told = set(), set[str]()
    for period in (MARCH, "from=2026-04-01&to=2026-04-30"):
        page = (await reader.get(f"/insights?{period}")).text
        assert ("Of 4 changes that tools told of: 25 %" in page) is (period == MARCH)
        assert ("no change events of all this time are kept" in page) is (period != MARCH)
        shifts = re.search(r'aria-label="Pages by shift".*?</table>', page, re.DOTALL)
        assert not BARE.findall(page.replace(shifts[0], "") if shifts else page)
        for href, text in {*LINK.findall(page)}:
            path = unescape(href) if href.startswith("/") else f"/{unescape(href)}"
            key = unquote(path.partition("&of=")[2])
            number = re.match(r"\d+", text)
            assert number, text
            listed = await whole(reader, path)
            assert int(number[0]) in opened(listed, key), (key, text)
            assert who != "ren" or ("Stolen" not in listed and "Secret" not in listed), key
            told |= {secret for secret in ("Stolen", "Secret") if secret in listed}
            kinds.add(key.partition(":")[0])

    assert (told == set()) is (who == "ren")
    assert kinds >= {
        *("all", "severity", "type", "service", "cause", "took", "missing", "excluded", "heard", "hour"),
        *("pages", "shifts", "calm", "follow-ups", "rule", "noise", "updates", "late"),
    }


async def test_files_have_all_that_the_page_says_and_no_formula(reader: Reader) -> None:
    await lived(reader)
    reader.http.cookie_jar.update_cookies(signed_in(reader.world, "ines"), reader.home)

    text = (await reader.get(f"/insights.csv?{MARCH}")).text.lstrip("\ufeff")
    rows = {(one["section"], one["name"]): one for one in csv.DictReader(io.StringIO(text))}
    later = (await reader.get("/insights.csv?from=2026-04-01&to=2026-04-30")).text.lstrip("\ufeff")
    before = {(one["section"], one["name"]): one for one in csv.DictReader(io.StringIO(later))}

    def counts(section: str, name: str) -> tuple[str, str]:
        return rows[section, name]["count"], rows[section, name]["of"]

    assert counts("cause", "'=1+1 <i>") == ("1", "")
    people = [int(one["count"]) for (_, name), one in rows.items() if name.endswith(": all")]
    assert sum(people) == int(counts("pages", "all")[0]) > 0
    assert len(people) == int(counts("people", "paged")[0])
    assert max(people) == int(counts("people", "most pages of one")[0])
    assert counts("pages", "of drills, left out")[0] != "0"
    assert counts("promises", "follow-ups overdue") == ("1", "2")
    assert counts("follow-ups left out", "cancelled") == ("1", "")
    assert counts("customers heard", "later, or not at all") == ("1", "")
    assert counts("changes", "incidents caused by a change, of changes told") == ("1", "4")
    assert counts("incidents by day", "2026-03-07") == ("3", "")
    assert counts("left out", "near misses") == ("1", "")
    assert counts("alerts", "default: undecided") == ("3", "3")
    assert {section for section, _ in rows} >= {"severity", "service", "durations", "shifts without a page"}
    assert before["severity", "S1"]["count"] == "0"
    assert before["severity", "S1"]["count_before"] == "1"
    assert before["service", "api"]["count_before"] == "1"
    assert before["durations", "Time to detect"]["count_before"] == "1"
