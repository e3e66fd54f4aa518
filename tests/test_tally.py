"""The counts add up, and say what is wrong."""

import pytest

from tests.tally import Tally, lines, report


def test_a_tally_is_one_line():
    tally = Tally(attempted=3, acknowledged=3, ok=2, lost=1)

    assert str(tally) == (
        "attempted 3, acknowledged 3, ok 2, lost 1, unexpected 0, duplicated 0, recovered 0"
    )


def test_the_tallies_of_a_proof_are_added_up():
    properties: list[tuple[str, object]] = [("other", 1)]

    def record(name: str, value: object) -> None:
        properties.append((name, value))

    report(record, "Race", Tally(1, 1, 1))
    report(record, "Crash sweep", Tally(2, 2, 2, recovered=1))
    report(record, "Race", Tally(4, 4, 4, duplicated=1))

    assert lines(properties) == [
        f"Crash sweep: {Tally(2, 2, 2, recovered=1)}",
        f"Race: {Tally(5, 5, 5, duplicated=1)}",
    ]


@pytest.mark.parametrize("broken", [Tally(lost=1), Tally(unexpected=1), Tally(duplicated=2)])
def test_a_broken_promise_fails(broken: Tally):
    with pytest.raises(AssertionError, match="attempted 0"):
        broken.check(duplicated_at_most=1)

    Tally(duplicated=1).check(duplicated_at_most=1)
