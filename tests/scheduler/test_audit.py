"""The audit: each kind of fault is planted, found, mended where that is safe, and reported."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import Fault, Finding
from bot.domain.facts import CallDue
from bot.domain.incidents.incident import Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.paging.pages import PageState
from bot.health.measures import Measures
from bot.operations import audit as operations
from bot.operations.incidents.lifecycle import change_status
from bot.operations.paging.acknowledge import acknowledge
from bot.unit_of_work import UnitOfWork
from scheduler.audit import FRESH, Audit
from storage import escalations, incidents, outbox, pages, timers
from storage.outbox import LEASE
from storage.transaction import Route, Routes, Tx
from tests.conftest import Office
from tests.fakes import FIFTEEN_MINUTES, FakeClock
from tests.operations.given import delivered, given_incident

ROUTES: Routes = {CallDue: (Route("slack.send_page", "notification:{notification}", urgent=True),)}


class Audited:
    """An audit over an office, and what it did."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.measures = Measures()
        self.audit = Audit(office.uow, self.measures)

    def run(self) -> None:
        asyncio.run(self.audit.run())

    def counted(self, fault: Fault, mended: str) -> float:
        labels = {"kind": fault.value, "mended": mended}
        return self.measures.kept.get_sample_value("muster_audit_findings_total", labels) or 0


@pytest.fixture
def office(office: Office) -> Office:
    office.uow.deliver_to(ROUTES, lambda: None)
    return office


@pytest.fixture
def audited(office: Office) -> Audited:
    return Audited(office)


def run(office: Office, sql: str, **params: Any) -> None:
    assert office.perform(lambda tx: tx.execute(sql, params)), "nothing was planted"


def column(office: Office, table: str, name: str, row: int) -> Any:
    found = office.read(lambda tx: tx.one(f"SELECT {name} AS it FROM {table} WHERE id = :id", {"id": row}))
    return found["it"] if found else None


def sent(office: Office) -> list[str]:
    """Deliver all that is to be sent as Slack would, and return the subjects."""
    found = office.perform(outbox.lease, urgent=True, limit=100)
    for delivery in found:
        office.perform(outbox.sent, [delivery])
        delivered(office, delivery.subject["page"])
    return [f"page {delivery.subject['page']}" for delivery in found]


def given_page(office: Office, severity: str = "S3") -> int:
    """Return a page whose message has arrived, and of which nobody is reminded."""
    incident = given_incident(office, severity)
    (page,) = office.read(pages.pending_of, incident.id)[:1]
    run(office, "UPDATE notification_pages SET shown = 1")
    office.perform(timers.keep_reminders, [(page.id, None)])
    return page.id


def stamp(office: Office, **ahead: float) -> str:
    return (office.clock.now() + timedelta(**ahead)).isoformat(timespec="microseconds")


def reported(audited: Audited, fault: Fault, caplog: pytest.LogCaptureFixture, *, mended: bool) -> None:
    """Hold what was counted and logged against what should have been."""
    assert audited.counted(fault, "yes" if mended else "no") == 1
    (line,) = [one for one in caplog.records if one.getMessage() == "the audit found faults"]
    assert line.levelno == logging.ERROR
    assert fault.value in (line.__dict__["mended"] if mended else line.__dict__["left"])
    assert audited.audit.passed is mended
    assert audited.audit.faults == ({} if mended else {fault: 1})


def all_is_well(audited: Audited, caplog: pytest.LogCaptureFixture) -> None:
    """A second audit finds nothing."""
    caplog.clear()
    audited.run()
    assert caplog.records == []
    assert audited.audit.passed


def test_what_is_well_passes(audited: Audited, office: Office, caplog: pytest.LogCaptureFixture) -> None:
    given_page(office, "S1")
    assert not audited.audit.passed

    all_is_well(audited, caplog)


@pytest.mark.parametrize("written", ["", "tomorrow", "2026-03-02T12:00:00"])
def test_a_page_without_a_due_time_gets_its_own(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture, written: str
) -> None:
    page = given_page(office)
    run(office, "UPDATE escalations SET due_at = :it WHERE id = :id", it=written, id=page)

    audited.run()

    reported(audited, Fault.ESCALATION_WITHOUT_TIME, caplog, mended=True)
    assert office.read(pages.get, page).escalation.due_at == office.clock.now() + FIFTEEN_MINUTES
    all_is_well(audited, caplog)


def test_a_deadline_far_away_is_brought_back_and_not_made_early(
    audited: Audited, office: Office, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    page = given_page(office)
    promised = office.read(pages.get, page).escalation.due_at
    clock.advance(minutes=5)
    run(office, "UPDATE escalations SET due_at = :it WHERE id = :id", it=stamp(office, days=1), id=page)

    audited.run()

    reported(audited, Fault.ESCALATION_TOO_FAR, caplog, mended=True)
    assert office.read(pages.get, page).escalation.due_at == promised
    all_is_well(audited, caplog)


def test_a_clock_that_was_set_back_leaves_no_page_for_a_year(
    audited: Audited, office: Office, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.advance(minutes=365 * 24 * 60)
    page = given_page(office)
    clock.advance(minutes=-365 * 24 * 60)

    audited.run()

    reported(audited, Fault.ESCALATION_TOO_FAR, caplog, mended=True)
    assert office.read(pages.get, page).escalation.due_at == clock.now() + FIFTEEN_MINUTES


def test_a_deadline_that_was_set_aside_again_and_again_is_reported(
    audited: Audited, office: Office, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    page = given_page(office)
    clock.advance(minutes=15, seconds=5)
    office.perform(escalations.set_aside, page)
    all_is_well(audited, caplog)
    clock.advance(seconds=6)

    audited.run()

    reported(audited, Fault.ESCALATION_OVERDUE, caplog, mended=False)


def test_a_page_whose_raising_has_no_time_is_reported_and_hides_no_other(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    bad, other = given_page(office), given_page_without_channel(office)
    run(office, "UPDATE escalations SET called_at = 'once' WHERE id = :id", id=bad)
    run(office, "UPDATE escalations SET due_at = :it WHERE id = :id", it=stamp(office, days=9), id=other)

    audited.run()

    assert audited.counted(Fault.ESCALATION_WITHOUT_TIME, "no") == 1
    assert audited.counted(Fault.ESCALATION_TOO_FAR, "yes") == 1
    assert not audited.audit.passed


def given_page_without_channel(office: Office) -> int:
    incident = given_incident(office, "S3", channel=None)
    run(office, "UPDATE notification_pages SET shown = 1")
    return office.read(pages.pending_of, incident.id)[0].id


def test_a_page_that_is_not_sent_for_a_minute_is_reported(
    audited: Audited, office: Office, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    draft = given_incident(office, channel=None)
    (page,) = office.read(pages.pending_of, draft.id)
    office.perform(lambda tx: tx.record(CallDue(notification=1, page=page.id, incident=None, asked_by="")))
    clock.advance(seconds=59)
    all_is_well(audited, caplog)
    clock.advance(seconds=1)

    audited.run()

    reported(audited, Fault.PAGE_UNSENT, caplog, mended=False)
    office.perform(acknowledge, page.id, by="UEOC")
    all_is_well(audited, caplog)


def test_a_page_that_was_never_to_be_sent_is_sent_once(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    incident = given_incident(office)  # which forgets its deliveries
    (page,) = office.read(pages.pending_of, incident.id)

    audited.run()
    reported(audited, Fault.PAGE_NOT_QUEUED, caplog, mended=True)
    all_is_well(audited, caplog)

    assert sent(office) == [f"page {page.id}"]
    all_is_well(audited, caplog)


@pytest.mark.parametrize(
    "how",
    [
        "UPDATE notifications SET state = 'dead'",
        "DELETE FROM notification_pages; UPDATE pages SET responder = NULL",
        "UPDATE notification_pages SET shown = 1",
    ],
)
def test_a_page_that_needs_no_message_gets_none(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    given_incident(office)
    for statement in how.split(";"):
        run(office, statement)

    all_is_well(audited, caplog)

    assert sent(office) == []


def test_a_page_that_its_escalation_left_behind_is_reported(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    given_page(office)
    run(office, "UPDATE escalations SET state = 'cancelled'")

    audited.run()

    reported(audited, Fault.PAGE_WITHOUT_ESCALATION, caplog, mended=False)


def test_a_page_that_no_message_covers_gets_one(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    page = given_page(office)
    run(office, "DELETE FROM notification_pages")

    audited.run()

    reported(audited, Fault.PAGE_NOT_QUEUED, caplog, mended=True)
    assert sent(office) == [f"page {page}"]
    all_is_well(audited, caplog)


def leased(office: Office) -> int:
    page = given_page(office)
    office.perform(lambda tx: tx.record(CallDue(notification=1, page=page, incident=None, asked_by="")))
    (delivery,) = office.perform(outbox.lease, urgent=True, limit=1)
    return delivery.id


@pytest.mark.parametrize("until", ["NULL", "''", "'2020-01-01T00:00:00.000000+00:00'"])
def test_a_delivery_that_nobody_keeps_is_free_again(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture, until: str
) -> None:
    delivery = leased(office)
    run(office, f"UPDATE outbox SET lease_until = {until} WHERE id = :id", id=delivery)

    audited.run()

    reported(audited, Fault.DELIVERY_STUCK, caplog, mended=True)
    assert column(office, "outbox", "state", delivery) == "ambiguous"
    (again,) = office.perform(outbox.lease, urgent=True, limit=1)
    assert (again.id, again.attempt, again.uncertain) == (delivery, 2, True)


@pytest.mark.parametrize("until", ["2036-01-01T00:00:00.000000+00:00", "never"])
def test_a_lease_that_would_hold_for_ever_ends_like_every_other(
    audited: Audited, office: Office, clock: FakeClock, caplog: pytest.LogCaptureFixture, until: str
) -> None:
    delivery = leased(office)
    run(office, "UPDATE outbox SET lease_until = :it WHERE id = :id", it=until, id=delivery)

    audited.run()

    reported(audited, Fault.LEASE_TOO_FAR, caplog, mended=True)
    all_is_well(audited, caplog)
    clock.advance(seconds=LEASE.total_seconds())
    assert office.perform(outbox.release, all_of_them=False) == 1


def test_a_page_that_is_to_be_sent_next_year_is_sent_now(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    page = given_page(office)
    office.perform(lambda tx: tx.record(CallDue(notification=1, page=page, incident=None, asked_by="")))
    run(office, "UPDATE outbox SET due_at = :it WHERE finished_at IS NULL", it=stamp(office, days=365))

    audited.run()

    reported(audited, Fault.DELIVERY_TOO_FAR, caplog, mended=True)
    assert sent(office) == [f"page {page}"]


def test_a_contact_methods_that_nobody_opens_is_reported(
    audited: Audited, office: Office, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    given_page(office)
    run(
        office,
        """INSERT INTO notifications (person, contact_method, state, due_at)
        VALUES ('UEOC', 'sms', 'waiting', :due_at)""",
        due_at=clock.now(),
    )
    clock.advance(seconds=10)

    audited.run()

    reported(audited, Fault.CONTACT_METHOD_OVERDUE, caplog, mended=False)


def test_an_incident_without_a_lead_is_led_by_its_reporter(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    given_page(office)
    run(office, "UPDATE incidents SET lead = ''")

    audited.run()

    reported(audited, Fault.NO_LEAD, caplog, mended=True)
    assert office.read(incidents.get, 1).lead == "UREP"
    all_is_well(audited, caplog)


def test_a_clock_far_from_the_databases_is_reported_and_fails_nothing(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    behind = FakeClock(office.clock.now() - timedelta(seconds=6))

    class Skewed(UnitOfWork):
        def _begin(self, connection: Any, *, writing: bool = True) -> Tx:
            return Tx(connection, office.clock.now(), self.process, ROUTES)

    audited.audit = Audit(Skewed(office.database, office.uow.process, behind), audited.measures)

    audited.run()

    assert audited.counted(Fault.CLOCK_SKEW, "no") == 1
    assert "1 clock_skew (6.0 s)" in caplog.records[0].__dict__["left"]
    assert audited.audit.passed


@pytest.mark.parametrize("fault", [Fault.ESCALATION_TOO_FAR, Fault.PAGE_NOT_QUEUED])
def test_nobody_is_paged_for_what_ended_between_the_look_and_the_repair(office: Office, fault: Fault) -> None:
    first = given_page(office, "S1")
    run(office, "UPDATE escalations SET due_at = 'x' WHERE id = :id", id=first)
    seen = {
        Fault.ESCALATION_TOO_FAR: Finding(fault, first, "x", office.clock.now()),
        Fault.PAGE_NOT_QUEUED: Finding(fault, first),
    }[fault]
    run(
        office,
        "UPDATE escalations SET due_at = :it WHERE id = :id",
        id=first,
        it=stamp(office, minutes=15),
    )
    run(office, "UPDATE notification_pages SET shown = 0 WHERE page = :id", id=first)
    office.perform(change_status, 1, Status.CANCELLED, by="UREP", reason="A test")

    office.perform(operations.repair, seen)

    assert sent(office) == []
    assert {page.state for page in office.read(pages.of_incident, 1)} == {PageState.CANCELLED}
    assert office.read(pages.get, first).escalation.due_at == office.clock.now() + FIFTEEN_MINUTES


def test_a_lease_that_was_renewed_between_the_look_and_the_repair_is_kept(office: Office) -> None:
    delivery = leased(office)
    run(office, "UPDATE outbox SET lease_until = NULL")
    (finding,) = office.read(operations.deliveries)
    office.perform(outbox.renew, [(delivery, 1)])

    assert not office.perform(operations.repair, finding)

    assert column(office, "outbox", "state", delivery) == "sending"


def test_a_deadline_that_changed_between_the_look_and_the_repair_stays(office: Office) -> None:
    page = given_page(office)
    run(office, "UPDATE escalations SET due_at = 'x'")
    (finding,) = office.read(operations.deadlines)
    run(office, "UPDATE escalations SET due_at = :it", it=stamp(office, minutes=3))

    assert not office.perform(operations.repair, finding)

    assert column(office, "escalations", "due_at", page) == stamp(office, minutes=3)


def test_a_deadline_somewhat_too_late_is_found_when_its_time_is_over(
    audited: Audited, office: Office, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    page = given_page(office)
    run(office, "UPDATE escalations SET due_at = :it WHERE id = :id", it=stamp(office, minutes=25), id=page)
    clock.advance(minutes=15, seconds=1)

    audited.run()

    reported(audited, Fault.ESCALATION_TOO_FAR, caplog, mended=True)
    assert office.read(escalations.overdue, 10) == [page]


def test_an_answer_between_the_look_and_the_repair_keeps_its_deadline(office: Office) -> None:
    page = given_page(office)
    run(office, "UPDATE escalations SET due_at = 'x'")
    (finding,) = office.read(operations.deadlines)
    run(office, "UPDATE escalations SET state = 'cancelled'")

    assert not office.perform(operations.repair, finding)

    assert column(office, "escalations", "due_at", page) == "x"


def test_two_replicas_that_find_the_same_send_one_page(office: Office) -> None:
    given_incident(office)
    (finding,) = office.read(operations.messages)

    assert office.perform(operations.repair, finding)
    assert office.perform(operations.repair, finding)

    assert len(sent(office)) == 1


def test_a_question_that_fails_keeps_the_others_from_nothing_but_the_audit_is_not_whole(
    office: Office, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Flaky(UnitOfWork):
        broken = True

        async def read(self, question: Any, *args: Any, **kwargs: Any) -> Any:
            if question is operations.deadlines and self.broken:
                raise OSError("disk full")
            return await super().read(question, *args, **kwargs)

    uow = Flaky(office.database, office.uow.process, clock)
    uow.deliver_to(ROUTES, lambda: None)
    given_incident(office)
    audit = Audit(uow, Measures())
    clock.advance(seconds=FRESH + 1)

    asyncio.run(audit.run())

    assert len(sent(office)) == 1
    assert not audit.passed
    assert audit.age > FRESH
    uow.broken = False
    asyncio.run(audit.run())
    assert audit.passed
    assert audit.age == 0


def test_a_repair_that_fails_keeps_the_others_from_nothing(
    audited: Audited, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    given_page(office)
    run(office, "UPDATE incidents SET lead = '', declared_at = 'once'")  # so that it cannot be read
    run(office, "UPDATE escalations SET due_at = ''")

    audited.run()

    assert audited.counted(Fault.NO_LEAD, "no") == 1
    assert audited.counted(Fault.ESCALATION_WITHOUT_TIME, "yes") == 1


def test_an_audit_is_not_fresh_for_ever(audited: Audited, clock: FakeClock) -> None:
    audited.run()
    clock.advance(seconds=FRESH)
    assert audited.audit.passed

    clock.advance(seconds=1)

    assert not audited.audit.passed


def test_a_timer_with_a_time_that_cannot_be_right_begins_anew(office: Office, audited: Audited) -> None:
    given_incident(office, "S1")
    run(office, "UPDATE timers SET due_at = 'x' WHERE kind IN ('update', 'page.reminder')")

    audited.run()

    update = office.read(incidents.get, 1).next_update_at
    assert update == office.clock.now() + FIFTEEN_MINUTES
    assert audited.counted(Fault.TIMER_TOO_FAR, "yes") == 4  # of the update, and a reminder for each page
    assert audited.audit.passed
    office.clock.advance(minutes=5)
    due = office.read(timers.among, office.read(timers.due, 9))
    assert [one.kind for one in due].count(TimerKind.PAGE_REMINDER) == 3


def test_a_timer_that_nobody_acts_on_is_reported(
    office: Office, audited: Audited, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    incident = given_incident(office, "S1")
    for page in office.read(pages.pending_of, incident.id):
        office.perform(acknowledge, page.id, by=page.responder or "")
    run(office, "DELETE FROM timers WHERE kind = 'silent'")  # one timer is enough
    clock.advance(minutes=16)

    audited.run()

    reported(audited, Fault.TIMER_OVERDUE, caplog, mended=False)
