"""The step that makes pages, digests and copies of messages one thing: a notification covers n pages."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from bot.domain.paging.pages import PageState
from bot.domain.process import Process
from bot.integrations.slack.client import SlackClient
from bot.integrations.slack.pages import PageMessages
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.calling import called
from storage import notifications, pages
from storage.engines import open_database
from storage.outbox import Delivery
from storage.transaction import Row, Tx
from tests.conftest import Office
from tests.engines import ENGINES
from tests.fakes import FakeClock
from tests.storage import written

_AGAIN = """INSERT INTO escalations (incident, team, role, reason, message, asked_by, path, level, round,
        started_at, called_at, due_at, waits_for, state, version)
    SELECT incident, 'Other', role, reason, message, asked_by, path, level, round,
        started_at, called_at, due_at, waits_for, state, version FROM escalations WHERE id = 2"""
_BESIDE = """INSERT INTO pages (escalation, level, level_team, role, responder, state, raised_at, reminded,
        round, late, beside)
    SELECT (SELECT MAX(id) FROM escalations), level, level_team, role, responder, state, raised_at, 0,
        round, late, id FROM pages WHERE id = 2"""
_TEXT = "INSERT INTO notifications (page, contact_method, state, due_at, planned_at) VALUES"
_OPEN = """INSERT INTO outbox (event, job, lane, urgent, subject, state, due_at, attempt, created_at)
    VALUES ('{}', '{}', '{}', {}, '{}', '{}', '2026-03-02T12:18:00.000000+00:00', 0,
        '2026-03-02T12:18:00.000000+00:00')"""
LATER = "'2026-03-02T12:25:00.000000+00:00'"
MORE = (
    _AGAIN,
    _BESIDE,
    "UPDATE pages SET dm_channel = 'DEOC', dm_ts = '10.0', resent = 1 WHERE id = 2",
    f"{_TEXT} (2, 'sms', 'sent', {LATER}, {LATER}), (8, 'sms', 'waiting', {LATER}, NULL)",
    f"{_TEXT} (3, 'sms', 'waiting', {LATER}, {LATER})",
    "UPDATE pages SET undelivered = 'user_not_found' WHERE id = 3",
    "UPDATE pages SET dm_channel = 'DCMOC', dm_ts = '12.0', reminded = 1 WHERE id = 4",
    "INSERT INTO reminders VALUES (4, 1, 'DCMOC', '11.0')",
    "UPDATE pages SET digested = 1 WHERE id = 7",
    """INSERT INTO digests (person, channel, ts, posted_at) VALUES
        ('UCMOC', 'DCMOC', '13.0', '2026-03-02T12:15:00.000000+00:00'),
        ('UCMOC', 'DCMOC', '14.0', '2026-03-02T12:16:00.000000+00:00')""",
    _OPEN.format("CallDue", "slack.send_page", "page:5", 1, '{"page": 5, "incident": 1}', "ambiguous"),
    _OPEN.format("Renamed", "slack.redraw_page", "page:2", 0, '{"page": 2}', "pending"),
    _OPEN.format("DigestDue", "slack.send_digest", "digest:UCMOC", 1, '{"person": "UCMOC"}', "retry"),
    _OPEN.format("DigestChanged", "slack.redraw_digest", "list:UCMOC", 0, '{"person": "UCMOC"}', "pending"),
    _OPEN.format("OtherMethodRang", "slack.make_sure", "rung:4", 1, '{"page": 4, "number": 1}', "pending"),
    _OPEN.format("PageEnded", "slack.redraw_page", "page:6", 0, '{"page": 6}', "pending"),
    _OPEN.format("Renamed", "slack.redraw_card", "card:1", 0, '{"incident": 1}', "pending"),
)


@pytest.fixture(params=ENGINES)
def old(request: pytest.FixtureRequest, tmp_path: Path, rules: Process, clock: FakeClock) -> Iterator[Office]:
    where = tmp_path if request.param == "sqlite" else request.getfixturevalue("postgres")
    address = written.restored(4, where, *MORE)
    clock.advance((written.left_at(4) - clock.now()).total_seconds())
    with closing(open_database(address, own_time=False)) as database:
        yield Office(database, rules, clock)


class Slack:
    """Notes where a message is edited or posted."""

    def __init__(self) -> None:
        self.edited: list[tuple[str, str]] = []

    async def redraw(self, _: Delivery, channel: str, ts: str, message: Any) -> bool:
        self.edited.append((channel, ts))
        return True


def number(office: Office, page: int) -> int:
    message = office.read(pages.get, page).notification
    assert message
    return message.id


def test_a_message_that_showed_two_pages_is_edited_when_they_are_answered(old: Office) -> None:
    message = number(old, 2)
    assert [page.id for page in old.read(pages.covered_by, message)] == [2, 8]
    assert all(old.read(pages.get, one).shown for one in (2, 8))

    old.perform(acknowledge, 2, by="UEOC")

    assert {old.read(pages.get, one).state for one in (2, 8)} == {PageState.ACKNOWLEDGED}
    slack = Slack()
    messages = PageMessages(old.uow, cast(SlackClient, slack))
    delivery = Delivery(1, "", "", {"notification": message}, 1, False, False, old.clock.now())
    asyncio.run(messages.redraw(delivery))
    assert slack.edited == [("DEOC", "10.0")]


def test_what_each_page_knew_of_its_message_is_kept(old: Office) -> None:
    seen = {one: old.read(pages.get, one) for one in (2, 3, 4, 5, 7)}
    places = {one: page.notification and page.notification.place for one, page in seen.items()}

    assert places == {2: ("DEOC", "10.0"), 3: None, 4: ("DCMOC", "12.0"), 5: None, 7: ("DCMOC", "14.0")}
    assert seen[2].notification
    assert seen[2].notification.resent
    assert seen[3].undelivered
    assert not seen[5].shown
    assert not seen[5].undelivered
    assert seen[7].digested
    assert not seen[7].shown
    four = old.read(called, number(old, 4))
    assert four
    assert (four.calls.number, four.waiting) == (2, [4])


def test_pages_leave_by_other_methods_as_they_were_to(old: Office) -> None:
    theirs = {one: old.read(notifications.of_page, one) for one in (2, 3, 8)}

    assert [(one.id, one.state) for one in theirs[2]] == [(1, "sent")]
    assert [(one.id, one.state) for one in theirs[8]] == [(1, "sent")], "with the page beside which it stood"
    assert [(one.id, one.state, one.planned_at) for one in theirs[3]] == [(3, "waiting", theirs[3][0].due_at)]


def test_what_is_open_goes_on_and_what_is_replaced_is_deleted(old: Office) -> None:
    def still(tx: Tx) -> list[Row]:
        return tx.all("SELECT * FROM outbox WHERE finished_at IS NULL ORDER BY id")

    two, four, five, seven = (number(old, one) for one in (2, 4, 5, 7))
    found = [(row["job"], row["lane"], row["state"], json.loads(row["subject"])) for row in old.read(still)]

    digest = {"notification": seven, "person": "UCMOC"}
    rung, call = {"notification": four, "page": 4, "number": 1}, {"notification": five, "page": 5}
    assert found == [
        ("slack.send_page", f"notification:{five}", "ambiguous", {**call, "incident": 1}),
        ("slack.redraw_page", f"notification:{two}", "pending", {"notification": two, "page": 2}),
        ("slack.send_page", f"notification:{seven}", "retry", digest),
        ("slack.redraw_digest", f"list:{seven}", "pending", digest),
        ("slack.make_sure", f"rung:{four}", "pending", rung),
        ("slack.redraw_card", "card:1", "pending", {"incident": 1}),
        ("slack.withdraw", "replaced:11.0", "pending", {"channel": "DCMOC", "ts": "11.0"}),
        ("slack.withdraw", "replaced:13.0", "pending", {"channel": "DCMOC", "ts": "13.0"}),
    ]


def test_new_notifications_are_numbered_on(old: Office) -> None:
    highest = max(number(old, one) for one in (2, 4, 5, 7))

    (begun,) = old.perform(notifications.call_each, ["UNEW"])

    assert begun.id > highest
