"""One line that declares, typed twice within seconds, is one incident."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Draft, Severity, Status
from bot.domain.incidents.times import Moment
from bot.operations.incidents.declare import TYPED_TWICE, declare_by_line
from bot.operations.incidents.lifecycle import change_status
from tests.conftest import Office
from tests.fakes import NOON, FakeClock

MISS = Draft(name="Twice", type="GitLab.com", severity=Severity.S3, near_miss=True)
DRAFTS = {
    "near miss": MISS,
    "over": replace(MISS, near_miss=False, over={Moment.IMPACT_START: NOON - timedelta(hours=1)}),
    "practice": replace(MISS, near_miss=False, practice=("UEOC",), unannounced=True),
}


@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_the_same_words_of_the_same_person_declare_once(
    office: Office, clock: FakeClock, draft: Draft
) -> None:
    presses = iter(range(20))

    def types(draft: Draft, by: str = "UREP") -> tuple[int, bool]:
        form = f"command:{next(presses)}"
        made = office.perform(declare_by_line, draft, by=by, form=form, anyway=True)
        return made.incident.id, made.twice

    assert types(draft) == (1, False)
    clock.advance(3)
    assert types(draft) == (1, True)
    assert types(replace(draft, name="Other")) == (2, False)
    assert types(replace(draft, severity=Severity.S4)) == (3, False)
    assert types(draft, by="UIM") == (4, False)
    clock.advance(TYPED_TWICE.total_seconds())
    assert types(draft) == (5, False)


def test_slack_delivering_it_again_is_no_second_time_and_what_was_cancelled_is_declared_anew(
    office: Office,
) -> None:
    for again in (False, True):
        made = office.perform(declare_by_line, MISS, by="UREP", form="command:1", anyway=True)
        assert (made.again, made.twice) == (again, False)
    office.perform(change_status, 1, Status.CANCELLED, by="UREP", reason="A test")
    made = office.perform(declare_by_line, MISS, by="UREP", form="command:2", anyway=True)
    assert made.incident.id == 2
