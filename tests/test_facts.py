"""Every fact is heard, or listed as heard by nobody; every subscription is of a fact."""

import ast
from pathlib import Path
from typing import Any, cast

import pytest

from bot.config.calls import CallSettings
from bot.config.statuspage import StatuspageSettings
from bot.config.trackers import GithubSettings, GitlabSettings
from bot.domain import facts
from bot.domain.facts import Fact, OfIncident
from bot.domain.paging.pagers import PAGERDUTY
from bot.domain.timeline.entries import Kind
from bot.integrations.calls.calls import Calls
from bot.integrations.contact_methods import ContactMethodSender
from bot.integrations.pagers.raising import Pagers
from bot.integrations.slack.answers import Answers
from bot.integrations.slack.handovers import Handovers
from bot.integrations.slack.maintenance import MaintenanceMessages
from bot.integrations.slack.months import Months
from bot.integrations.slack.notification_tests import NotificationTests
from bot.integrations.slack.outside import SAYS
from bot.integrations.slack.recovery import Recovery
from bot.integrations.slack.schedules import Schedules
from bot.integrations.slack.surfaces import SHOWS
from bot.integrations.slack.user_groups import UserGroups
from bot.integrations.slack.webhooks import WebhookWarnings
from bot.integrations.statuspages.mailing import Mailing
from bot.integrations.statuspages.publishing import Publishing
from bot.integrations.trackers.follow_ups import FollowUpIssues, tasks_of
from bot.integrations.trackers.review_copies import ReviewCopies
from bot.integrations.trackers.reviews import ReviewIssues
from bot.jobs import Job
from bot.web.links import Links
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.following import slack_jobs

BASES = {Fact, OfIncident, facts.Call, facts.OfMaintenance}
ALL: list[type[Fact]] = [
    one
    for one in vars(facts).values()
    if isinstance(one, type) and issubclass(one, Fact) and one not in BASES
]
TIMELINE_ONLY: set[type[Fact]] = {
    facts.LevelSkipped,
    facts.PageUnreached,
    facts.CannotTake,
    facts.PageStopped,
    facts.PageOffered,
    facts.OfferDeclined,
    facts.StillInvestigating,
    facts.TookPart,
    facts.DuplicateReopened,
    facts.ChannelRenamed,
    facts.ProblemNoted,
    facts.Noted,
    facts.NoteChanged,
    facts.PictureDeleted,
    facts.ReviewSaved,
    facts.ReviewApproved,
    facts.ReviewIssueWritten,
    facts.ReviewCanvasWritten,
    facts.FalseAlarmSaid,
    facts.IssueTouched,
    facts.PagerAnswered,
}
"""Facts that the timeline tells, and nothing else follows from."""
WRITTEN_OTHERWISE = {Kind.PIN}
"""Kinds of entries that no fact makes: a pin's is found by its message."""


@pytest.fixture
def jobs(office: Office) -> list[Job]:
    nobody, links = cast(Any, None), Links("a token", "a database", "https://muster.test", True)
    github = GithubSettings("https://api.github.test", "acme/it", private=False, people={}, token="t")
    at = ("https://gitlab.test", "acme/it", "issue", "none")
    gitlab = GitlabSettings(*at, private=False, people={}, token="t", hook_token=None)
    others = (Answers, Recovery, NotificationTests, Schedules, UserGroups, Handovers, MaintenanceMessages)
    return [
        *slack_jobs(office, links),
        *(job for kind in others for job in kind(office.uow, nobody).jobs()),
        *Publishing(office.uow, (), "").jobs(),
        *Months(office.uow, nobody, links).jobs(),
        *Mailing(office.uow, StatuspageSettings("Status")).jobs(),
        *ContactMethodSender(office.uow, nobody, nobody).jobs(),
        *WebhookWarnings(office.uow, nobody, {}).jobs(),
        *Calls(office.uow, nobody, CallSettings(), nobody).jobs(),
        *Pagers(office.uow, {PAGERDUTY: nobody}).jobs(),
        *FollowUpIssues(office.uow, tasks_of(github, FakeClock()), github, "db").jobs(),
        *ReviewIssues(office.uow, gitlab, FakeClock(), "db").jobs(),
        *ReviewCopies(office.uow, gitlab, FakeClock(), "db").jobs(),
    ]


def test_every_fact_is_heard_or_told_by_the_timeline_alone(jobs: list[Job]) -> None:
    heard = {fact for job in jobs for fact in job.facts}

    assert set(ALL) - heard == TIMELINE_ONLY
    assert heard <= set(ALL)
    assert set(SHOWS) <= set(ALL)


def test_what_the_timeline_alone_tells_has_an_entry() -> None:
    assert all(fact.kind for fact in TIMELINE_ONLY)


def test_every_kind_of_entry_is_made_by_one_fact() -> None:
    kinds = [kind for fact in ALL if (kind := fact.kind)]

    assert len(kinds) == len(set(kinds))
    assert set(Kind) - set(kinds) == WRITTEN_OTHERWISE


def test_every_fact_is_recorded_by_somebody() -> None:
    folders = ("bot/operations", "bot/integrations", "storage", "bot/domain")
    made = {
        ast.unparse(node.func).removeprefix("facts.")
        for folder in folders
        for path in Path(folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    }

    assert {fact.__name__ for fact in ALL} <= made


def test_a_job_has_a_name_of_its_own(jobs: list[Job]) -> None:
    names = [job.name for job in jobs]

    assert len(names) == len(set(names))


def test_it_is_known_what_becomes_of_each_message_when_its_incident_turns_private(jobs: list[Job]) -> None:
    """A job that speaks of incidents outside their channels is kept, unless its row says why it need not."""
    assert {job.name for job in jobs if job.name.startswith("slack.")} == set(SAYS)


def test_a_redraw_names_the_job_that_draws_the_same(jobs: list[Job]) -> None:
    names = {job.name: job for job in jobs}

    for job in jobs:
        if job.drawn_by:
            assert job.coalesce
            assert names[job.drawn_by].lane == job.lane
