"""What is offered to somebody who has too much to do."""

import pytest

from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.overload import Asked, Offer, offered
from tests.values import an_incident


def one(number: int, severity: str = "S3", **changes):
    return an_incident(id=number, severity=Severity(severity), **changes)


S1, S2, S3, S4 = (one(n, f"S{n}") for n in (1, 2, 3, 4))
OTHER = one(5)
DRILL, RESOLVED = one(6, drill=True), one(7, status=Status.RESOLVED)


@pytest.mark.parametrize(
    ("incident", "held", "roles", "offer"),
    [
        (S3, [(S3, "EOC")], {"EOC": "UME"}, None),
        (S3, [(S3, "EOC"), (OTHER, "EOC")], {"EOC": "UME"}, Offer.PAGE_IM),
        (S3, [(S3, "EOC"), (S1, "EOC")], {"EOC": "UME"}, Offer.PAGE_IM),
        (S3, [(S3, "EOC"), (S4, "EOC")], {"EOC": "UME"}, None),
        (S4, [(S3, "EOC"), (OTHER, "EOC"), (S4, "EOC")], {"EOC": "UME"}, None),
        (S3, [(S3, "EOC"), (DRILL, "EOC")], {"EOC": "UME"}, None),
        (S3, [(S3, "EOC"), (RESOLVED, "EOC")], {"EOC": "UME"}, None),
        (DRILL, [(DRILL, "EOC"), (S3, "EOC"), (S1, "EOC")], {"EOC": "UME"}, None),
        (S3, [(S3, "EOC"), (OTHER, "CMOC")], {"EOC": "UME"}, None),
        (S3, [(S3, "EOC"), (OTHER, "EOC")], {"EOC": "UME", "IM": "UIM"}, Offer.PAGE_LEADER),
        (S1, [(S1, "IM")], {"IM": "UME"}, None),
        (S1, [(S1, "IM"), (S2, "IM")], {"IM": "UME"}, Offer.ANOTHER_IM),
        (S1, [(S1, "IM"), (S3, "IM")], {"IM": "UME"}, None),
        (S3, [(S1, "IM"), (S2, "IM"), (S3, "IM")], {"IM": "UME"}, None),
    ],
)
def test_two_incidents_are_too_much(incident, held, roles, offer):
    assert offered(incident, "UME", held, roles=roles, at_work=()) == offer


@pytest.mark.parametrize(
    ("asked", "offer"),
    [
        (Asked("UME"), None),
        (Asked("UME", in_vain=True), Offer.PAGE_LEADER),
        (Asked("UBEFORE", in_vain=True), Offer.ANOTHER_IM),
    ],
)
def test_another_im_is_asked_for_once_and_then_leadership_is_offered(asked, offer):
    found = offered(S1, "UME", [(S1, "IM"), (S2, "IM")], roles={"IM": "UME"}, at_work=(), asked=asked)

    assert found == offer


@pytest.mark.parametrize(
    ("person", "at_work", "offer"),
    [
        ("ULEAD", ("UEOC", "UDBA", "USRE"), Offer.PAGE_LEADER),
        ("UEOC", ("UEOC", "UDBA", "USRE"), Offer.PAGE_LEADER),
        ("UDBA", ("UEOC", "UDBA", "USRE"), None),
        ("ULEAD", ("UEOC", "UDBA", "UIM"), None),
    ],
)
def test_several_engineers_want_coordinating(person, at_work, offer):
    roles = {"EOC": "UEOC", "IM": "UIM"}

    assert offered(S3, person, [(S3, "EOC")] * (person == "UEOC"), roles=roles, at_work=at_work) == offer
