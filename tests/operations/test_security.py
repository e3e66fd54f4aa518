"""A matter of security pages Security and the IM; a path that must be blocked pages the IM."""

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.incidents.security import Concern, typed
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import assign_role
from bot.operations.incidents.security import page_for
from tests.conftest import Office
from tests.operations.given import given_incident, pending
from tests.operations.look import last


@pytest.mark.parametrize(
    ("concern", "paged"),
    [(Concern.SECURITY, ["USEC", "UIM"]), (Concern.ACCESS, ["USEC", "UIM"]), (Concern.PATH, ["UIM"])],
)
def test_each_concern_pages_whom_the_handbook_names(
    office: Office, concern: Concern, paged: list[str]
) -> None:
    incident = given_incident(office, "S4")
    before = {who for _, who in pending(office, incident)}

    office.perform(page_for, 1, concern, "On the bastion", by="UREP")

    assert sorted(who or "" for _, who in pending(office, incident) if who not in before) == sorted(paged)
    entry = last(office, 1, Kind.PAGED)
    assert entry.data["message"] == f"{concern.said}. On the bastion"


def test_who_is_there_or_being_paged_is_not_paged_again(office: Office) -> None:
    incident = given_incident(office, "S1")
    office.perform(assign_role, 1, "Security", "USOMEBODY", by="UREP")
    before = pending(office, incident)
    assert ("dotcom IMOC", "UIM") in before

    office.perform(page_for, 1, Concern.ACCESS, "", by="UREP")
    office.perform(page_for, 1, Concern.ACCESS, "", by="UREP")

    assert pending(office, incident) == before


def test_nobody_is_paged_for_what_is_over(office: Office) -> None:
    given_incident(office)
    office.perform(change_status, 1, Status.RESOLVED, by="UREP")

    with pytest.raises(Refused, match="nobody is paged for it any more"):
        office.perform(page_for, 1, Concern.SECURITY, "", by="UREP")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", (None, "")),
        ("security", (Concern.SECURITY, "")),
        ("Access: somebody is root", (Concern.ACCESS, "somebody is root")),
        ("unauthorized access by a bot", (Concern.ACCESS, "by a bot")),
        ("path /api/v4", (Concern.PATH, "/api/v4")),
        ("block the imports", (Concern.PATH, "the imports")),
        ("a token leaked", (None, "a token leaked")),
        ("pathological", (None, "pathological")),
    ],
)
def test_the_first_word_says_which_it_is(text: str, found: tuple[Concern | None, str]) -> None:
    assert typed(text) == found
