"""The document of a review: two editors undo nothing of each other, and an approval is of one version."""

import pytest

from bot.domain.errors import NotFound, Refused
from bot.domain.reviews.versions import LONGEST, EditedMeanwhile
from bot.domain.rights import Right
from bot.domain.timeline.entries import Kind
from bot.domain.work.held import LooksSecret
from bot.operations.incidents.ownership import hand_over
from bot.operations.reviews.canvases import ask_for_canvas
from bot.operations.reviews.comments import change_comment, comment_on, delete_comment
from bot.operations.reviews.documents import (
    NewVersion,
    approve_document,
    kept_version,
    may_edit,
    save_document,
    shelf,
)
from bot.operations.reviews.facts import facts_of
from bot.operations.workspace.membership import joined
from bot.secret_scan import mark_of
from storage import review_documents, timeline
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident
from tests.operations.test_rights import WHO, known, process_for_guests

SECRET = "glpat-" + "a1B2c3D4e5" * 2


def save(office: Office, text: str, base: int = 0, *, by: str = "UREP", sure: str = "") -> int:
    return office.perform(save_document, 1, NewVersion(text, base, "short", "# written\n", sure), by=by)


def told(office: Office) -> list[str]:
    return [one for one in office.events() if one.startswith("Review")]


@pytest.fixture
def reviewed(office: Office) -> Office:
    given_incident(office)
    return office


def test_versions_are_kept_as_they_were(reviewed: Office) -> None:
    assert save(reviewed, "# One\r\n\x00\u202etwo\n\n") == 1
    assert save(reviewed, "# Three", 1) == 2

    assert reviewed.read(kept_version, 1, 1, by="UREP").text == "# One\ntwo\n"
    found = reviewed.read(shelf, 1, by="UREP")
    assert found.latest
    assert found.latest.text == "# Three\n"
    assert [(one.number, one.by) for one in found.saved] == [(2, "UREP"), (1, "UREP")]
    with pytest.raises(Refused, match="has no version 3"):
        reviewed.read(kept_version, 1, 3, by="UREP")


def test_two_editors_do_not_undo_each_other(reviewed: Office) -> None:
    save(reviewed, "# One")

    with pytest.raises(EditedMeanwhile, match="<@UREP> saved version 1"):
        save(reviewed, "# Other", 0, by="UIM")
    assert save(reviewed, "# Both", 1, by="UIM") == 2
    with pytest.raises(EditedMeanwhile, match="<@UIM> saved version 2"):
        save(reviewed, "# Mine", 1)
    found = reviewed.read(shelf, 1, by="UREP")
    assert found.latest
    assert found.latest.text == "# Both\n"


def test_at_the_same_moment_the_first_is_kept(reviewed: Office) -> None:
    def twice(tx: Tx) -> tuple[bool, bool]:
        last = review_documents.version(tx, 1, 1)
        assert last
        return review_documents.add(tx, last), review_documents.approve(tx, 1, 1, "UIM")

    save(reviewed, "# One")

    assert reviewed.perform(twice) == (False, True)


def test_a_text_that_changes_nothing_is_no_version(reviewed: Office) -> None:
    save(reviewed, "# One")

    assert save(reviewed, "# One\n\n", 1) == 1
    assert save(reviewed, "# One", 0, by="UIM") == 1


def test_who_goes_on_writing_is_told_of_once(reviewed: Office) -> None:
    for number in range(3):
        save(reviewed, f"# {number}", number)
    assert told(reviewed) == ["ReviewSaved"]

    save(reviewed, "# By another", 3, by="UIM")
    assert told(reviewed) == ["ReviewSaved"]
    reviewed.clock.advance(minutes=61)
    save(reviewed, "# Later", 4, by="UIM")
    assert told(reviewed) == ["ReviewSaved"]


@pytest.mark.parametrize(
    ("text", "why"), [("", "empty"), (" \n\x00", "empty"), ("x" * LONGEST, f"{LONGEST + 1:,} characters")]
)
def test_what_is_no_document_is_refused(reviewed: Office, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        save(reviewed, text)


def test_a_secret_waits_until_it_is_confirmed_once(reviewed: Office) -> None:
    with pytest.raises(LooksSecret) as asked:
        save(reviewed, f"# {SECRET}")
    assert SECRET not in str(asked.value)

    assert save(reviewed, f"# {SECRET}", sure=mark_of([f"# {SECRET}"])) == 1
    assert save(reviewed, f"# {SECRET} again", 1) == 2
    with pytest.raises(LooksSecret):
        save(reviewed, f"# {SECRET} and {SECRET[:-1]}x", 2)
    with pytest.raises(LooksSecret):
        reviewed.perform(comment_on, 1, 1, f"Is it {SECRET}?", by="UREP")


def test_comments_say_of_which_version_they_are(reviewed: Office) -> None:
    reviewed.perform(comment_on, 1, 0, "Too short", by="UIM")
    save(reviewed, "# One")
    reviewed.perform(comment_on, 1, 1, "Better\x00 now", by="UIM")
    reviewed.perform(comment_on, 1, 99, "?", by="UREP")

    found = reviewed.read(shelf, 1, by="UREP").comments
    assert [(one.version, one.text, one.by) for one in found] == [
        (0, "Too short", "UIM"),
        (1, "Better now", "UIM"),
        (1, "?", "UREP"),
    ]
    for wrong, why in ((" ", "Write what"), ("x" * 3001, "at most 3,000")):
        with pytest.raises(Refused, match=why):
            reviewed.perform(comment_on, 1, 1, wrong, by="UREP")


def test_a_comment_is_changed_and_taken_back_by_whoever_wrote_it_alone(reviewed: Office) -> None:
    number = reviewed.perform(comment_on, 1, 0, "To short", by="UIM", heading="Impact\u202e " + "x" * 300)
    for act in (
        lambda: reviewed.perform(change_comment, number, "Mine now", by="UREP"),
        lambda: reviewed.perform(delete_comment, number, by="UREP"),
    ):
        with pytest.raises(Refused, match="Only <@UIM>, who wrote that comment"):
            act()
    with pytest.raises(LooksSecret):
        reviewed.perform(change_comment, number, f"Is it {SECRET}?", by="UIM")

    reviewed.perform(change_comment, number, "To short", by="UIM")
    (same,) = reviewed.read(shelf, 1, by="UREP").comments
    reviewed.perform(change_comment, number, "Too short", by="UIM")

    (after,) = reviewed.read(shelf, 1, by="UREP").comments
    assert (same.edited_at, after.text, after.edited_at) == (None, "Too short", reviewed.clock.now())
    assert after.heading.startswith("Impact x")
    assert len(after.heading) == 200
    reviewed.perform(delete_comment, number, by="UIM")
    assert not reviewed.read(shelf, 1, by="UREP").comments
    with pytest.raises(NotFound):
        reviewed.perform(delete_comment, number, by="UIM")


def test_an_approval_is_of_the_version_that_was_read(reviewed: Office) -> None:
    with pytest.raises(Refused, match="Save it first"):
        reviewed.perform(approve_document, 1, 0, by="UIM")
    save(reviewed, "# One")
    for _ in range(2):
        reviewed.perform(approve_document, 1, 1, by="UIM")
    save(reviewed, "# Two", 1)
    with pytest.raises(Refused, match="saved version 2 meanwhile"):
        reviewed.perform(approve_document, 1, 1, by="UEOC")

    assert [(one.version, one.by) for one in reviewed.read(shelf, 1, by="UREP").approvals] == [(1, "UIM")]
    assert told(reviewed).count("ReviewApproved") == 1
    kinds = [one.kind.value for one in reviewed.read(timeline.of, 1)]
    assert kinds.count("review_approved") == 1


@pytest.mark.parametrize("status", ["Declined", "Merged", "Cancelled", "Triage"])
def test_what_is_no_incident_has_no_review(reviewed: Office, status: str) -> None:
    reviewed.perform(lambda tx: tx.write("UPDATE incidents SET status = :status", {"status": status}))

    for ask in (
        lambda: save(reviewed, "# One"),
        lambda: reviewed.perform(comment_on, 1, 0, "x", by="UREP"),
        lambda: reviewed.perform(approve_document, 1, 1, by="UREP"),
    ):
        with pytest.raises(Refused, match="it has no review"):
            ask()


def test_a_guest_without_the_right_reads_and_comments_but_writes_nothing(reviewed: Office) -> None:
    reviewed.uow.process = process_for_guests(multi={Right.PIN}, single={Right.UPDATE})
    reviewed.perform(joined, "CINC", WHO, at=NOON)
    save(reviewed, "# One")
    known(reviewed, "guest of several channels")

    for ask in (
        lambda: save(reviewed, "# Two", 1, by=WHO),
        lambda: reviewed.perform(approve_document, 1, 1, by=WHO),
        lambda: reviewed.read(may_edit, 1, by=WHO),
    ):
        with pytest.raises(Refused, match="Guests cannot do that here"):
            ask()
    reviewed.perform(comment_on, 1, 1, "Good", by=WHO)
    assert not reviewed.read(shelf, 1, by=WHO).writes
    known(reviewed, "guest of a single channel")
    assert reviewed.read(shelf, 1, by=WHO).writes
    assert save(reviewed, "# Two", 1, by=WHO) == 2


def test_a_guest_who_writes_a_review_takes_it_nowhere(reviewed: Office) -> None:
    reviewed.uow.process = process_for_guests(multi={Right.UPDATE}, single={Right.WORK})
    reviewed.perform(joined, "CINC", WHO, at=NOON)
    save(reviewed, "# One")
    known(reviewed, "guest of several channels")

    with pytest.raises(Refused, match="Guests cannot do that here"):
        reviewed.perform(ask_for_canvas, 1, 1, by=WHO)
    assert reviewed.read(shelf, 1, by="UREP").to_canvas
    assert not reviewed.read(shelf, 1, by=WHO).to_canvas
    known(reviewed, "guest of a single channel")
    reviewed.perform(ask_for_canvas, 1, 1, by=WHO)


def test_the_document_tells_of_each_change_of_lead_among_the_highlights(reviewed: Office) -> None:
    for who, by in (("UREP", "UREP"), ("UIM", "UREP"), ("UREP", "UREP")):
        reviewed.perform(hand_over, 1, who, by=by)
        reviewed.clock.advance(minutes=1)

    entries = reviewed.read(facts_of, 1, by="UREP").entries

    assert [(one.data["before"], one.data["after"]) for one in entries if one.kind is Kind.LEAD] == [
        ("UREP", "UIM"),
        ("UIM", "UREP"),
    ]
    assert [one.at for one in entries] == sorted(one.at for one in entries)
