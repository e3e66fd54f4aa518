"""Who may put whom on call, and who may accept or end a request."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.oncall.cover import CoverRequest, Rota, covering, may_cancel, overridden, taken, withdrawn
from bot.domain.oncall.overrides import Override, Overrides
from bot.domain.oncall.spans import Span
from tests.domain.oncall.values import BERLIN, layer, schedule, utc

NOW = utc("2026-01-05 12:00")


def span(start: str, end: str) -> Span:
    return Span(utc(f"2026-01-{start}"), utc(f"2026-01-{end}"))


FIRST = span("06 09:00", "06 17:00")
"""In the first week, which is ana's."""
BOTH = span("11 09:00", "13 09:00")
"""Around the handover to ben."""


def rota(
    *overrides: Override, managers: tuple[str, ...] = (), turns: tuple[str, ...] = ("ana", "ben")
) -> Rota:
    found = replace(schedule(layer(*turns)), managers=managers)
    return Rota(found, Overrides(overrides), ZoneInfo(BERLIN), NOW)


@pytest.mark.parametrize(
    ("by", "person", "when", "managers", "replaces"),
    [
        ("ben", "ben", FIRST, (), ""),  # anybody takes
        ("dan", "dan", BOTH, (), ""),
        ("ana", "dan", FIRST, (), "ana"),  # ana gives hers
        ("ana", "dan", BOTH, (), "ana"),  # and of this only hers
        ("ines", "dan", BOTH, ("ines",), ""),  # who manages it gives anybody's
        ("ana", "dan", BOTH, ("ana",), ""),
    ],
)
def test_people_take_give_theirs_and_manage(
    by: str, person: str, when: Span, managers: tuple[str, ...], replaces: str
) -> None:
    assert overridden(rota(managers=managers), when, person, by) == Override(
        when.start, when.end, person, replaces
    )


@pytest.mark.parametrize(
    ("by", "person", "when", "managers", "said"),
    [
        ("ben", "dan", FIRST, (), "Nobody manages EOC"),
        ("ben", "dan", FIRST, ("ines",), "Those who manage EOC can do it for you: <@ines>"),
        ("ana", "ana", FIRST, (), "You are on call for EOC in all that time already"),
        ("ben", "ben", span("04 09:00", "05 12:00"), (), "over already"),
        ("ben", "ben", Span(FIRST.end, FIRST.start), (), "end after it starts"),
        ("ben", "ben", Span(NOW, utc("2027-02-01 00:00")), (), "a year at most"),
    ],
)
def test_an_override_that_cannot_be_is_refused(
    by: str, person: str, when: Span, managers: tuple[str, ...], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        overridden(rota(managers=managers), when, person, by)


def test_an_override_that_overlaps_another_says_which_on_the_readers_clocks() -> None:
    there = Override(FIRST.start, FIRST.end, "dan")

    with pytest.raises(Refused, match=r"<@dan> .* Tue 6 Jan 2026, 10:00 to 18:00 \(Europe/Berlin\)"):
        overridden(rota(there), span("06 16:00", "06 20:00"), "ben", "ben")


def test_whoever_covers_is_on_call_only_where_the_other_one_was() -> None:
    assert covering(rota(), BOTH, "ana", "dan") == Override(BOTH.start, BOTH.end, "dan", "ana")


@pytest.mark.parametrize(
    ("who", "by", "turns", "said"),
    [
        ("dan", "ben", ("ana",), "<@dan> is not on call"),
        ("ana", "ben", ("ana+ben",), "<@ben> is on call then already, together with <@ana>"),
    ],
)
def test_cover_that_changes_nothing_is_refused(who: str, by: str, turns: tuple[str, ...], said: str) -> None:
    with pytest.raises(Refused, match=said):
        covering(rota(turns=turns), FIRST, who, by)


def test_whoever_covers_can_be_covered_for() -> None:
    ben = Override(FIRST.start, FIRST.end, "ben", "ana")

    assert covering(rota(ben), FIRST, "ben", "dan") == Override(FIRST.start, FIRST.end, "dan", "ben")


def test_only_those_concerned_and_managers_cancel() -> None:
    may_cancel(rota(), {"ana", "dan"}, "dan")
    may_cancel(rota(managers=("ines",)), {"ana", "dan"}, "ines")

    with pytest.raises(Refused, match="Only those whom this override concerns"):
        may_cancel(rota(), {"ana", "dan"}, "eve")


def test_a_shift_that_begins_in_time_is_shown_to_its_end() -> None:
    found = rota().coming(timedelta(weeks=1, hours=1))

    assert [(one.people, one.end) for one in found] == [
        (("ana",), utc("2026-01-12 09:00")),
        (("ben",), utc("2026-01-19 09:00")),
    ]


ASKED = CoverRequest(1, "EOC", "ana", FIRST.start, FIRST.end, NOW)
SWAP = replace(ASKED, colleague="ben", back_from=BOTH.start, back_until=BOTH.end)
BEGUN = utc("2026-01-06 12:00")


@pytest.mark.parametrize(("request_", "by"), [(ASKED, "ben"), (ASKED, "eve"), (SWAP, "ben")])
def test_a_request_is_accepted_also_after_it_began(request_: CoverRequest, by: str) -> None:
    assert taken(request_, by, BEGUN) == replace(request_, taken_by=by, taken_at=BEGUN)


@pytest.mark.parametrize(
    ("request_", "by", "at", "said"),
    [
        (ASKED, "ana", NOW, "your own request"),
        (ASKED, "ben", FIRST.end, "is over"),
        (replace(ASKED, taken_by="dan"), "ben", NOW, "<@dan> was first"),
        (replace(ASKED, taken_by="ben"), "ben", NOW, "accepted this already"),
        (replace(ASKED, withdrawn_by="ana"), "ben", NOW, "<@ana> has ended"),
        (SWAP, "eve", NOW, "offered to <@ben>"),
    ],
)
def test_a_request_that_cannot_be_accepted_says_why(
    request_: CoverRequest, by: str, at: object, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        taken(request_, by, at)  # type: ignore[arg-type]


@pytest.mark.parametrize(("request_", "by"), [(ASKED, "ana"), (SWAP, "ben"), (ASKED, "ines")])
def test_the_asker_the_colleague_and_managers_end_a_request(request_: CoverRequest, by: str) -> None:
    assert withdrawn(request_, by, NOW, ("ines",)).withdrawn_by == by


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (lambda: withdrawn(ASKED, "eve", NOW, ()), "Only <@ana>"),
        (lambda: withdrawn(replace(ASKED, taken_by="dan"), "ana", NOW, ()), "<@dan> accepted it already"),
        (lambda: withdrawn(ASKED, "ana", FIRST.end, ()), "is over"),
    ],
)
def test_a_request_that_cannot_be_ended_says_why(ending: Callable[[], object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        ending()
