"""Follow-ups as they are typed, the handbook's hints for their titles, and addresses of issues."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity
from bot.domain.work.follow_up_words import Typed, day, read
from bot.domain.work.follow_ups import EXAMPLES, USUAL, due_from, service_labels, warning
from bot.domain.work.issue_links import found_in, issue_at, reference

MONDAY = date(2026, 3, 2)
TABLE = """
| Fix the issue that caused the outage | (Specific) Handle invalid postal code in user address form input safely |
| Investigate monitoring for this scenario | (Actionable) Add alerting for all cases where this service returns >1% errors |
| Make sure engineer checks that database schema can be parsed before updating | (Bounded) Add automated presubmit check for schema changes |
| Improve architecture to be more reliable | (Time-bounded and specific) Add a redundant node to ensure we no longer have a single point of failure for the service |
"""  # noqa: E501 - as it stands in the public GitLab handbook, "Corrective Actions"


def test_the_examples_are_the_handbooks() -> None:
    rows = [line.strip("| ").split(" | ") for line in TABLE.strip().splitlines()]

    assert [list(one) for one in EXAMPLES] == rows
    assert all(warning(bad) == (bad, better) for bad, better in EXAMPLES)


@pytest.mark.parametrize("title", ["Add a redundant node", "Investigators get access", "Improved logs", ""])
def test_other_titles_are_not_warned_of(title: str) -> None:
    assert warning(title) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", MONDAY),
        ("Tomorrow", date(2026, 3, 3)),
        ("monday", date(2026, 3, 9)),
        ("next fri", date(2026, 3, 6)),
        ("in 3 weeks", date(2026, 3, 23)),
        ("10d", date(2026, 3, 12)),
        ("2026-12-24", date(2026, 12, 24)),
        ("someday", None),
        ("2026-02-31", None),
    ],
)
def test_a_day_is_read_as_people_say_it(text: str, expected: date | None) -> None:
    assert day(text, MONDAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Add a node", Typed("Add a node")),
        ("Add a node due friday", Typed("Add a node", due=date(2026, 3, 6))),
        ("Add a node P1, due in 2 weeks", Typed("Add a node", date(2026, 3, 16), priority=Severity.S1)),
        ("corrective action: Add a node", Typed("Add a node", label="Corrective action")),
        ("Add a node as corrective due 1w", Typed("Add a node", date(2026, 3, 9), "Corrective action")),
        ("private: Tell them", Typed("Tell them", private=True)),
        ("Pay what is due someday", Typed("Pay what is due someday", odd="someday")),
        ("Use it as a cache", Typed("Use it as a cache")),
        ("nginx: reload on change", Typed("nginx: reload on change")),
    ],
)
def test_what_stands_around_a_title_is_read(text: str, expected: Typed) -> None:
    assert read(text, USUAL, MONDAY) == expected


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("<https://gitlab.test/a/b/c/-/issues/12#note_3>", ["a/b/c#12"]),
        ("https://gitlab.test/a/b/-/work_items/12 and https://gitlab.test/a/b/-/issues/12", ["a/b#12"]),
        ("<https://github.com/acme/it/issues/5|here>", ["acme/it#5"]),
        ("https://acme.atlassian.net/browse/OPS-9?x=1", ["OPS-9"]),
        (
            "see https://gitlab.test/a/b/-/issues/12, or (https://gitlab.test/a/b/-/issues/13).",
            ["a/b#12", "a/b#13"],
        ),
        (
            "https://gitlab.test/a/b/-/issues/incident/12 https://gitlab.test/a/b/-/issues/13/designs/x",
            ["a/b#12", "a/b#13"],
        ),
        ("https://gitlab.test/a/b/c/issues/4 <https://gitlab.test/a/b/issues/5>", ["a/b/c#4", "a/b#5"]),
        (
            "https://GitLab.Test/a/b/-/issues/12 <https://gitlab.test/a/b/-/issues/12|https://gitlab.test/a/b/-/issues/12>",
            ["a/b#12"],
        ),
        ("https://gitlab.test/groups/a/-/work_items/5 https://gitlab.test/groups/a/-/epics/5", []),
        (
            "<https://acme.atlassian.net/jira/software/c/projects/OPS/boards/1?x=1&amp;selectedIssue=OPS-9>",
            ["OPS-9"],
        ),
        ("https://acme.atlassian.net/jira/software/projects/OPS/issues/OPS-9?filter=x", ["OPS-9"]),
        ("https://gitlab.test:port/a/b/-/issues/12 https:///a/b/-/issues/12", []),
        (f"https://gitlab.test/{'a' * 500}/b/-/issues/12", []),
        ("https://github.com/acme/it/pull/5 https://[bad/issues/5", []),
    ],
)
def test_issues_are_found_by_their_addresses(text: str, called: list[str]) -> None:
    assert [reference(one) for one in found_in(text)] == called


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("https://bot:glpat-1@GitLab.test:8443/a/b/-/issues/12", "https://gitlab.test:8443/a/b/-/issues/12"),
        ("https://gitlab.test/a/b/issues/12", "https://gitlab.test/a/b/-/issues/12"),
        ("https://j.test/jira/browse/OPS-9", "https://j.test/jira/browse/OPS-9"),
        ("https://j.test/jira/projects/OPS/issues/OPS-9", "https://j.test/jira/browse/OPS-9"),
        (
            "https://j.test/jira/secure/RapidBoard.jspa?selectedIssue=OPS-9",
            "https://j.test/jira/browse/OPS-9",
        ),
        (
            "https://j.test/jira/software/projects/OPS/boards/1?selectedIssue=OPS-9",
            "https://j.test/browse/OPS-9",
        ),
    ],
)
def test_an_issue_has_one_address_however_it_is_written(address: str, url: str) -> None:
    found = issue_at(address)
    assert found
    assert found.url == url


@pytest.mark.parametrize(
    ("due", "why"),
    [
        (date(2026, 3, 1), "today or later"),
        (date(2026, 3, 2), ""),
        (date(2036, 2, 28), ""),
        (date(2036, 3, 1), "within ten years"),
        (date(9999, 12, 31), "within ten years"),
        (date(1, 1, 1), "today or later"),
    ],
)
def test_a_day_is_refused_with_what_is_wrong_with_it(due: date, why: str) -> None:
    now = datetime(2026, 3, 3, 11, 59, tzinfo=UTC)  # still the second in the last time zone
    if not why:
        assert due_from(due, now) == due
        return
    with pytest.raises(Refused, match=why):
        due_from(due, now)


@pytest.mark.parametrize(
    ("service", "labels"),
    [
        ("", ()),
        ("API", ("Service::API",)),
        ("API,  Web site; API", ("Service::API", "Service::Web site")),
        ("a, b, c, d", ("Service::a", "Service::b", "Service::c")),
        ("x" * 60, ()),
    ],
)
def test_each_service_has_a_label_that_every_tracker_takes(service: str, labels: tuple[str, ...]) -> None:
    assert service_labels(service) == labels
