"""What one person types twice within seconds is one incident, one update, one note and one action."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.durations import TYPED_TWICE
from bot.domain.incidents.incident import Draft, Severity, Status
from bot.domain.incidents.times import Moment
from bot.domain.timeline.entries import Kind
from bot.domain.work.work import ActionKind
from bot.operations.incidents.declare import declare_by_line
from bot.operations.incidents.lifecycle import change_status
from bot.operations.timeline.notes import note
from bot.operations.work.actions import add_action
from bot.operations.work.update import post_update
from storage import timeline
from tests.conftest import Office
from tests.fakes import NOON, FakeClock
from tests.operations.given import given_incident

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


def test_the_same_update_note_and_action_are_written_once(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S3")
    says: dict[str, Callable[[str, str], object]] = {
        "update": lambda text, by: office.perform(
            post_update,
            incident.id,
            text,
            by=by,
            status=Status.INVESTIGATING,
            severity=Severity.S3,
            next_in=None,
        ),
        "note": lambda text, by: office.perform(note, incident.id, text, by=by),
        "action": lambda text, by: office.perform(
            add_action,
            incident.id,
            title=text,
            details="",
            kind=ActionKind.ACTION,
            assignee="UEOC",
            due=None,
            by=by,
        ),
    }
    kinds = {"update": Kind.UPDATE, "note": Kind.NOTE, "action": Kind.ACTION}

    for what, say in says.items():

        def written(what: str = what) -> int:
            return len(office.read(timeline.of_kinds, incident.id, kinds[what]))

        before = written()
        say("Drain it", "UREP")
        clock.advance(3)
        say("Drain it", "UREP")
        assert written() == before + 1, what
        say("Drain it", "UIM")
        say("Fill it", "UREP")
        assert written() == before + 3, what
        clock.advance(TYPED_TWICE.total_seconds())
        say("Fill it", "UREP")
        assert written() == before + 4, what
