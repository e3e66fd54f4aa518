"""Where a path calls too few people: a gap is named once, from its beginning to its end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from bot.domain.oncall.shifts import Shift
from bot.domain.paging.coverage import Gap, paged_for, too_few
from bot.domain.paging.escalations import OnCall, call_at, called, next_call
from bot.domain.process import Team
from tests.fakes import NOON, process
from tests.values import an_escalation

RULES = process()
END = NOON + timedelta(days=2)


def hour(number: int) -> datetime:
    return NOON + timedelta(hours=number)


def staffed(*eoc: tuple[int, str | None], **others: str | None) -> dict[str, list[Shift]]:
    """Return who is on call: for the EOC from each hour on, for the others all the time."""
    always = {"im": "UIM", "leader": "ULEADER", "cmoc": "UCMOC", "security": "USEC"} | others
    teams = dict(
        zip(
            ("dotcom IMOC", "dotcom leadership escalation", "dotcom CMOC", "Security on-call"),
            always.values(),
            strict=True,
        )
    )
    starts = [*(hour(at) for at, _ in eoc), END]
    turns = [Shift(starts[n], starts[n + 1], (who,) if who else ()) for n, (_, who) in enumerate(eoc)]
    return {
        "dotcom EOC": turns,
        **{team: [Shift(NOON, END, (who,) if who else ())] for team, who in teams.items()},
    }


def found(people: Mapping[str, list[Shift]]) -> list[tuple[object, ...]]:
    return [(one.team, one.gap, one.start, one.end, *one.people) for one in too_few(RULES, people)]


def test_nothing_is_wrong_while_a_path_calls_two_people() -> None:
    assert found(staffed((0, "UEOC"), (5, None), (9, "UEOC2"))) == []


@pytest.mark.parametrize(
    ("eoc", "im", "leader", "gap", "people"),
    [
        (None, None, None, Gap.NOBODY, []),
        (None, None, "ULEADER", Gap.LAST_RESORT, ["ULEADER"]),
        ("ULEADER", None, "ULEADER", Gap.ONE_PERSON, ["ULEADER"]),
        ("ULEADER", "ULEADER", "ULEADER", Gap.ONE_PERSON, ["ULEADER"]),
        ("UEOC2", None, None, Gap.ONE_PERSON, ["UEOC2"]),
    ],
)
def test_a_gap_lasts_from_its_beginning_to_its_end(
    eoc: str | None, im: str | None, leader: str | None, gap: Gap, people: list[str]
) -> None:
    turns = staffed((0, "UEOC"), (5, eoc), (7, eoc), (9, "UEOC"), im=im, leader=leader)

    of_eoc = [one for one in found(turns) if one[:4] == ("dotcom EOC", gap, hour(5), hour(9))]
    assert of_eoc == [("dotcom EOC", gap, hour(5), hour(9), *people)]


def test_a_path_of_one_level_may_call_one_person() -> None:
    alone = [one for one in found(staffed((0, "UEOC"))) if one[0] == "dotcom leadership escalation"]

    assert alone == []


def test_it_is_named_for_which_incidents_a_team_is_paged() -> None:
    assert paged_for(RULES, "dotcom EOC") == ["GitLab.com"]
    assert paged_for(RULES, "dotcom IMOC") == ["GitLab.com S1 and S2", "SIRT"]
    assert paged_for(RULES, "dotcom leadership escalation") == []


@pytest.mark.parametrize("seed", range(30))
def test_it_finds_what_walking_the_path_at_every_hour_finds(seed: int) -> None:
    random, hours = Random(seed), 48
    hourly = {name: [random.choice([None, "UANA", "UBO"])] * 4 for name in RULES.teams}
    for turns in hourly.values():
        while len(turns) < hours:
            turns.extend([random.choice([None, "UANA", "UBO"])] * random.randint(1, 9))
    coming = {
        name: [Shift(hour(n), hour(n + 1), (who,) if who else ()) for n, who in enumerate(turns[:hours])]
        for name, turns in hourly.items()
    }

    ranges = list(too_few(RULES, coming))

    for team in RULES.teams.values():
        for n in range(hours):
            here = [one.gap for one in ranges if one.team == team.name and one.start <= hour(n) < one.end]
            walked = walk(team, {name: (who,) if (who := turns[n]) else () for name, turns in hourly.items()})
            assert here == ([walked] if walked else []), (team.name, n)
    for one, other in pairwise(ranges):  # what stays the same is one range
        assert (one.team, one.gap, one.people, one.end) != (other.team, other.gap, other.people, other.start)


def walk(team: Team, on_call: OnCall) -> Gap | None:
    """Call as a page does that nobody answers, once at each level."""
    seen = an_escalation(path=team.path, level=0)
    calls = [call_at(seen, on_call)]
    while calls[-1].level < len(team.path) - 1:
        seen = called(seen, calls[-1], NOON)
        calls.append(next_call(seen, on_call))
    people = {person for call in calls for person in call.responders}
    if not people:
        return Gap.NOBODY
    if len(team.path) == 1:
        return None
    if len(calls) == 1:
        return Gap.LAST_RESORT
    return Gap.ONE_PERSON if len(people) == 1 else None
