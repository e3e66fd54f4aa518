"""How much the outbox has to do, by job."""

from datetime import timedelta

from storage import outbox, outbox_figures
from storage.outbox_figures import Queue
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.happenings import Told
from tests.storage.test_outbox import emit, leased, office

__all__ = ["office"]


def test_what_is_not_finished_is_counted_by_job_with_what_failed(office: Office, clock: FakeClock) -> None:
    assert office.read(outbox_figures.queues) == []
    began = clock.now()
    office.perform(emit, Told, incident=1)
    [first] = leased(office)
    clock.advance(minutes=1)
    office.perform(emit, Told, incident=2)

    def fail(tx: Tx) -> None:
        outbox.postpone(tx, first, "retry", "503", timedelta(minutes=1))

    office.perform(fail)

    assert office.read(outbox_figures.queues) == [Queue("tell", 2, 1, began)]
