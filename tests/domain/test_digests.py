"""When a digest calls by a new message, and in which order it lists."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Severity
from bot.domain.paging.digests import Listed, calls_anew, in_order
from tests.fakes import NOON
from tests.values import a_page

JUST_NOW = NOON - timedelta(seconds=20)


def listed(number: int, severity: str, *, by: str = "UDEV", shown: bool = True, due: int = 15) -> Listed:
    page = a_page(id=number, asked_by=by, shown=shown, due_at=NOON + timedelta(minutes=due), incident=number)
    return Listed(page, Severity(severity))


@pytest.mark.parametrize(
    ("held", "new", "anew"),
    [
        ([("S3", "UDEV")], ("S3", "UDEV"), False),
        ([("S3", "UDEV")], ("S3", "USAM"), False),
        ([("S3", "UDEV")], ("S2", "UDEV"), True),
        ([("S1", "UDEV")], ("S1", "UDEV"), False),
        ([("S1", "UDEV")], ("S1", "USAM"), True),
        ([("S1", "UDEV")], ("S2", "USAM"), True),
        ([("S1", "UDEV"), ("S3", "USAM")], ("S2", "USAM"), False),
        ([], ("S4", "UDEV"), True),
    ],
)
def test_within_a_minute_only_what_is_worse_or_grave_and_of_somebody_else_calls_anew(
    held: list[tuple[str, str]], new: tuple[str, str], anew: bool
) -> None:
    known = [listed(number, severity, by=by) for number, (severity, by) in enumerate(held)]

    assert calls_anew([*known, listed(9, new[0], by=new[1], shown=False)], JUST_NOW, NOON) is anew


@pytest.mark.parametrize(("seconds", "anew"), [(None, True), (59, False), (60, True)])
def test_a_message_stands_for_a_minute(seconds: int | None, anew: bool) -> None:
    posted_at = None if seconds is None else NOON - timedelta(seconds=seconds)

    assert calls_anew([listed(1, "S3")], posted_at, NOON) is anew


def test_the_worst_is_first_and_nobody_is_hidden_behind_who_asked_for_many() -> None:
    noise = [listed(number, "S2", by="UDEV", due=number) for number in (1, 2, 3)]
    found = in_order([*noise, listed(4, "S2", by="USAM"), listed(5, "S3"), listed(6, "S1", due=20)])

    assert [one.page.id for one in found] == [6, 1, 4, 2, 3, 5]


def test_of_several_pages_of_an_incident_the_one_whose_time_is_over_first_is_listed():
    late, soon = listed(1, "S3", due=9), listed(2, "S3", due=5)
    same = [replace(one, page=replace(one.page, escalation=late.page.escalation)) for one in (late, soon)]
    outside = [replace(listed(number, "S3"), page=a_page(id=number, incident=None)) for number in (3, 4)]

    assert [one.page.id for one in in_order([*same, *outside])] == [1, 3, 4]
