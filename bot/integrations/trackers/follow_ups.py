"""The issues of follow-ups: each is made once, kept current, and its state is followed back."""

import logging
from dataclasses import replace
from functools import partial

from bot.clock import Clock
from bot.config.trackers import AnyTracker, GithubSettings, GitlabSettings, JiraSettings, TrackerSettings
from bot.domain import facts
from bot.domain.facts import OfIncident
from bot.domain.incidents.fields import CONFIDENTIAL, YES
from bot.domain.incidents.issues import wants_issue
from bot.domain.work.follow_ups import FollowUp, TrackedIssue, service_labels
from bot.domain.work.issue_links import reference
from bot.integrations.destination import Gone
from bot.integrations.trackers.github_tasks import GithubTasks
from bot.integrations.trackers.gitlab_tasks import GitlabTasks
from bot.integrations.trackers.jira_tasks import JiraTasks
from bot.integrations.trackers.tasks import Task, Tasks
from bot.jobs import Effect, Job, Subjects
from bot.operations.work.follow_up_issues import (
    Seen,
    follow_up_issue_left,
    follow_up_issue_lost,
    follow_up_issue_made,
    issue_seen,
)
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.follow_up_issue import Told
from storage import actions, fields, follow_ups, incidents, issues, people
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.follow_ups")

LANE = "follow_up_issue:{action}"
NEW = {facts.ActionAdded, facts.ActionKept}
FIT = {facts.Accepted, facts.TurnedReal, facts.FieldChanged}
"""From then on an incident may have an issue, and so may its follow-ups."""
CHANGED = {
    *(facts.ActionDone, facts.ActionTaken, facts.ActionReturned, facts.ActionReleased),
    *(facts.FollowUpChanged, facts.FollowUpCancelled, facts.FollowUpReopened, facts.TurnedPrivate),
    *(facts.FollowUpIssueMade, facts.SeverityChanged, facts.DuplicateMerged),
    facts.FieldChanged,  # what is told of it may have to be kept confidential
    facts.LinkAdded,  # the incident's own issue may be made after those of its follow-ups
}


def tasks_of(settings: AnyTracker, clock: Clock) -> Tasks:
    """Return what calls the tracker of these settings for follow-ups."""
    match settings:
        case GitlabSettings():
            return GitlabTasks(settings, clock)
        case GithubSettings():
            return GithubTasks(settings, clock)
        case JiraSettings():
            return JiraTasks(settings, clock)


class FollowUpIssues:
    """Of what is private only a tracker with confidential issues is told, unless the operator says that the
    project is fit for it.
    """

    def __init__(self, uow: UnitOfWork, tasks: Tasks, settings: TrackerSettings, database: str) -> None:
        self._uow = uow
        self._tasks = tasks
        self._settings = settings
        self._database = database

    def jobs(self) -> list[Job]:
        name = self._tasks.name.lower()
        told = partial(_failed, self._tasks.name)
        return [
            Job(f"{name}.open_follow_up", NEW | FIT, self.open, LANE, told, about=self._new),
            Job(
                f"{name}.redraw_follow_up",
                CHANGED,
                self.redraw,
                LANE,
                told,
                about=self._made,
                coalesce=True,
            ),
            Job(
                f"{name}.look_at_follow_up",
                {facts.FollowUpIssueLooked},
                self.look,
                LANE,
                _unread,
                about=self._known,
                coalesce=True,
            ),
        ]

    def _new(self, tx: Tx, fact: OfIncident) -> Subjects:
        """Return the follow-up, or all of the incident, that should have an issue and have none."""
        return [
            {"incident": fact.incident, "action": one.action.id}
            for one in _meant(tx, fact)
            if not one.issue and not self._task(tx, one).told.hidden and self._tracked(tx, one)
        ]

    def _made(self, tx: Tx, fact: OfIncident) -> Subjects:
        """Return the follow-up, or all of the incident, that have an issue of ours."""
        return [
            {"incident": fact.incident, "action": one.action.id}
            for one in _meant(tx, fact)
            if one.issue and one.issue.made and not one.issue.gone
        ]

    def _known(self, tx: Tx, fact: facts.FollowUpIssueLooked) -> Subjects:
        one = follow_ups.get(tx, fact.action)
        known = one and one.issue and self._tasks.knows(one.issue)
        return ({"incident": fact.incident, "action": fact.action},) if known else ()

    def _tracked(self, tx: Tx, one: FollowUp) -> bool:
        return wants_issue(incidents.get(tx, one.action.incident), private=self._settings.private)

    async def open(self, delivery: Delivery) -> Effect | None:
        """Make the issue."""
        task = await self._uow.read(self._scene, delivery.subject["action"])
        if not task or task.told.one.issue or task.told.hidden:
            return None
        made = await self._tasks.seek(task) if delivery.uncertain else None
        if not made:
            made = await self._tasks.make(task)
        number = task.told.one.action.id
        issue = TrackedIssue(number, self._tasks.name, self._tasks.project, made.number, made.url, made=True)
        return partial(follow_up_issue_made, issue=issue)

    async def redraw(self, delivery: Delivery) -> Effect | None:
        """Write what is true now, and have it linked with the incident's issue."""
        task = await self._uow.read(self._scene, delivery.subject["action"])
        issue = task.told.one.issue if task else None
        if not task or not issue or issue.gone or not issue.made or not self._tasks.knows(issue):
            return None
        try:
            await self._tasks.keep(task, issue)
            await self._tasks.relate(task, issue)
        except Gone as gone:
            return partial(follow_up_issue_lost, issue=issue, why=gone.reason)
        changed = task.closed != issue.closed
        return partial(follow_up_issue_left, issue=replace(issue, closed=task.closed)) if changed else None

    async def look(self, delivery: Delivery) -> Effect | None:
        """Follow what somebody did there."""
        task = await self._uow.read(self._scene, delivery.subject["action"])
        issue = task.told.one.issue if task else None
        if not task or not issue:
            return None
        titled = not issue.made and task.told.one.action.title == reference(issue)
        try:
            there = await self._tasks.look(issue, titled=titled)
        except Gone as gone:
            return partial(follow_up_issue_lost, issue=issue, why=gone.reason)
        name = there.title if titled and not there.confidential else ""
        seen = Seen(there.closed, not_planned=there.not_planned, title=name, place=there.place)
        return partial(issue_seen, action_id=issue.action, seen=seen)

    def _scene(self, tx: Tx, action_id: int) -> Task | None:
        one = follow_ups.get(tx, action_id)
        return self._task(tx, one) if one else None

    def _task(self, tx: Tx, one: FollowUp) -> Task:
        incident = incidents.get(tx, one.action.incident)
        owner = people.get(tx, one.action.assignee) if one.action.assignee else None
        marked = any(each.name == CONFIDENTIAL and each.value == YES for each in fields.of(tx, incident.id))
        secret = incident.private or one.action.private or marked
        unfit = incident.private if self._tasks.keeps_secrets else secret
        told = Told(
            one,
            incident,
            owner.name if owner else "",
            issues.of(tx, incident.id),
            hidden=unfit and not self._settings.private,
        )
        return Task(
            told,
            self._database,
            _labels(tx, one, hidden=told.hidden),
            (owner.id, owner.email or "") if owner else ("", ""),
            confidential=secret,
        )


def _meant(tx: Tx, fact: OfIncident) -> list[FollowUp]:
    """Return the follow-up that a fact names, or else all of its incident where it concerns these."""
    if isinstance(fact, facts.FieldChanged) and fact.name != CONFIDENTIAL:
        return []
    if isinstance(fact, facts.LinkAdded):
        own = issues.of(tx, fact.incident)
        if not own or own.url != fact.url:
            return []
    action = getattr(fact, "action", None)
    numbers = [action] if action else [one.id for one in actions.every(tx, fact.incident)]
    return [one for number in numbers if (one := follow_ups.get(tx, number))]


def _labels(tx: Tx, one: FollowUp, *, hidden: bool) -> tuple[str, ...]:
    """Return its labels, as the public GitLab handbook has them ("Corrective Actions")."""
    kind = tx.process.follow_ups.kinds.get(one.label, ())
    of_service = () if hidden else service_labels(one.service)
    return (*kind, f"severity::{one.severity.value[1]}", f"priority::{one.priority.value[1]}", *of_service)


def _failed(tracker: str, tx: Tx, delivery: Delivery, reason: str) -> None:
    making = delivery.job.endswith(".open_follow_up")
    what = "made" if making else "kept current"
    cure = "The follow-up is kept here: `/inc followups`." + (" Make the issue by hand." if making else "")
    problem(
        tx,
        delivery.subject["incident"],
        f"The {tracker} issue of a follow-up could not be {what}",
        reason,
        cure,
    )


def _unread(_: Tx, delivery: Delivery, reason: str) -> None:
    """Leave it: it is looked at again within the hour."""
    said = {"follow_up": delivery.subject["action"], "reason": reason}
    log.warning("the issue of a follow-up could not be read", extra=said)
