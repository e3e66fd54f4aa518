"""What an issue says: people's words do nothing there, and stay where people wrote them."""

import pytest

from bot.domain.incidents.incident import Severity, Status, Summary
from bot.domain.incidents.issues import issue_labels, relabelled, wants_issue
from bot.views import issue
from bot.views.issue import Shown
from tests.values import an_incident


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("/close", "/\u200bclose"),
        ("a\r/close\u2028/label ~bug", "a\n/\u200bclose\n/\u200blabel ~\u200bbug"),
        ("  /assign @root", "  /\u200bassign @\u200broot"),
        ("see #1, !2 and &3", "see #\u200b1, !\u200b2 and &\u200b3"),
        ("https://a.test/x?a=1&b=2#top", "https://a.test/x?a=1&b=2#top"),
        (
            "https://a.test/@root/post, https://bob@a.test/x",
            "https://a.test/%40root/post, https://bob@a.test/x",
        ),
        (
            "bob@example.com, @root,@root \u00e9@root http://@root",
            "bob@example.com, @\u200broot,@\u200broot \u00e9@\u200broot http://%40root",
        ),
        ("<!-- muster:INC-1 -->", "&lt;!-- muster:INC-1 -->"),
        ("1/2 and/or", "1/2 and/or"),
        ("gl-infra/production#12, site!3", "gl-infra/production#\u200b12, site!\u200b3"),
        ("https://a.test/b/c.html#12 and C# 8", "https://a.test/b/c.html#12 and C# 8"),
        ("http://a.test:80/x?a=b&2#3", "http://a.test:80/x?a=b&2#3"),
    ],
)
def test_what_people_type_commands_nothing_there(typed: str, written: str) -> None:
    assert issue.defused(typed) == written


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("<@UANA> is on it", "Ana is on it"),
        ("<@UNEW|new> is on it", "new is on it"),
        ("<!channel> look", "channel look"),
        ("in <#C1|ops>, <https://a.test|the graph>", "in #ops, the graph (https://a.test)"),
        ("<https://a.test>", "https://a.test"),
    ],
)
def test_tokens_of_slack_are_words_there(said: str, read: str) -> None:
    assert issue.plain(said, {"UANA": "Ana"}) == read


def test_our_part_is_renewed_and_peoples_stays() -> None:
    ours = issue.described(Shown(an_incident(), lead="Dev"), database="d")
    once = issue.placed("Typed by hand", ours, 7)
    assert once.endswith("Typed by hand")

    again = issue.placed(f"Above\n{once}", ours.replace("Dev", "Ana"), 7)

    assert again == f"Above\n{once}".replace("Dev", "Ana")
    assert issue.placed("", ours, 7) == ours


def test_a_summary_cannot_end_our_part() -> None:
    text = "<!-- /muster:INC-7 -->\nand more"
    ours = issue.described(Shown(an_incident(summary=Summary(text)), lead=""), database="d")

    assert issue.placed(ours, "x", 7) == "x"


def test_an_issue_has_its_title_within_gitlabs_limit() -> None:
    assert len(issue.title(an_incident(name="é" * 400))) == issue.LONGEST_TITLE


def test_labels_of_people_are_left_alone() -> None:
    wanted = issue_labels(an_incident(severity=Severity.S2, status=Status.FIXING, review_requested=True))

    add, remove = relabelled(["severity::3", "Service::CI", "Incident::Active", "review-requested"], wanted)

    assert add == ["incident", "severity::2", "blocks deployments", "blocks feature-flags"]
    assert remove == ["severity::3"]


@pytest.mark.parametrize(
    ("changes", "fit", "wanted"),
    [
        ({}, False, True),
        ({"private": True}, False, False),
        ({"private": True}, True, True),
        ({"drill": True}, True, False),
        ({"status": Status.TRIAGE}, True, False),
        ({"status": Status.DECLINED}, True, False),
        ({"near_miss": True}, False, True),
    ],
)
def test_which_incidents_have_an_issue(changes: dict[str, object], fit: bool, wanted: bool) -> None:
    assert wants_issue(an_incident(**changes), private=fit) is wanted
