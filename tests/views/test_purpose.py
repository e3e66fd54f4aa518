"""The purpose of an incident's channel is for people, and is read back when our database does not know it."""

import html

import pytest

from bot.views.incidents.topic import purpose, purpose_is_of
from tests.values import an_incident

MARK = "9dbb0390a6249b3a"
OURS = purpose(an_incident(), MARK)


@pytest.mark.parametrize(
    "noted", [OURS, html.escape(OURS), f"R&amp;D: see &lt;wiki&gt; {OURS}", f"INC-7 · Muster {MARK}"]
)
def test_ours_is_known_again_as_slack_keeps_it_and_as_older_versions_wrote_it(noted):
    assert purpose_is_of(noted, an_incident(), MARK)


@pytest.mark.parametrize(
    "noted",
    [
        "",
        "Servers, queues and databases.",
        purpose(an_incident(), "0000000000000000"),
        purpose(an_incident(id=8), MARK),
        f"INC-8 · Muster {MARK}",
    ],
)
def test_anothers_is_not_taken_for_ours(noted):
    assert not purpose_is_of(noted, an_incident(), MARK)


def test_it_is_said_in_words():
    assert OURS.startswith("The channel of incident INC-7, run by Muster. Everything about it: /inc here.")
    assert len(OURS) <= 250
