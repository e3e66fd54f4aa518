"""The issue that a review's document has in GitLab: made once, and written again when somebody asks."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import quote

from bot.clock import Clock
from bot.config.trackers import GitlabSettings
from bot.domain import facts
from bot.domain.facts import OfIncident
from bot.domain.incidents.fields import CONFIDENTIAL, YES
from bot.domain.incidents.incident import Incident
from bot.domain.reviews.issue import ReviewIssue
from bot.integrations.destination import Destination, Gone
from bot.integrations.trackers.gitlab import PER_PAGE, made_of, read_issue
from bot.integrations.trackers.tasks import text_of
from bot.integrations.trackers.tracker import Made, dicts
from bot.jobs import Effect, Job, Subjects
from bot.operations.reviews.issues import review_issue_failed, review_issue_lost, review_issue_written
from bot.unit_of_work import UnitOfWork
from bot.views import review_issue as view
from storage import fields, incidents, issues, review_documents, review_issues
from storage.outbox import Delivery
from storage.transaction import Tx

NAME = "GitLab"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the issue of a review should be like now. `ours` is our part of its description; one that is
    `hidden` says nothing of the incident.
    """

    incident: Incident
    issue: ReviewIssue
    version: int
    ours: str
    mark: str
    confidential: bool
    hidden: bool


class GitlabReviews:
    """Calls GitLab's REST API, version 4. Raises DeliveryFailed, and Gone for an issue that is not there."""

    def __init__(self, settings: GitlabSettings, clock: Clock) -> None:
        headers = {"PRIVATE-TOKEN": settings.token or ""}
        self._settings = settings
        self._api = Destination(NAME, f"{settings.url}/api/v4", headers, clock)
        self._path = f"projects/{quote(settings.project, safe='')}/issues"

    async def make(self, sheet: Sheet) -> Made:
        said: dict[str, Any] = {
            "title": view.title(sheet.incident),
            "description": sheet.ours,
            "issue_type": "issue",
            "confidential": sheet.confidential,
        }
        return made_of(read_issue((await self._api.call("POST", self._path, said=said))[1]), self._settings)

    async def seek(self, sheet: Sheet) -> Made | None:
        """Return the issue that was made by a call whose answer was lost."""
        asked = {
            "search": f"muster:{view.key(sheet.incident)}",
            "in": "description",
            "per_page": PER_PAGE,
            "scope": "all",
        }
        _, found = await self._api.call("GET", self._path, asked=asked)
        ours = (one for one in dicts(found) if sheet.mark in text_of(one, "description"))
        return next((made_of(read_issue(one), self._settings) for one in ours), None)

    async def keep(self, sheet: Sheet, number: int) -> None:
        """Write what differs, and leave alone what people wrote or set there."""
        path = f"{self._path}/{number}"
        there = read_issue((await self._api.call("GET", path))[1])
        should: dict[str, Any] = {
            "description": view.placed(text_of(there, "description"), sheet.ours, sheet.incident)
        }
        if sheet.confidential:  # never the other way: people there may know why it is
            should["confidential"] = True
        changes = {name: value for name, value in should.items() if there.get(name) != value}
        if changes:
            await self._api.call("PUT", path, said=changes)


class ReviewIssues:
    """Where an incident turns private, and the project is not fit for it, its issue says no more."""

    def __init__(self, uow: UnitOfWork, settings: GitlabSettings, clock: Clock, database: str) -> None:
        self._uow = uow
        self._gitlab = GitlabReviews(settings, clock)
        self._settings = settings
        self._database = database

    def jobs(self) -> list[Job]:
        heard = {facts.ReviewIssueAsked, facts.TurnedPrivate, facts.FieldChanged}
        return [
            Job("gitlab.write_review", heard, self.write, "review_issue:{incident}", _failed, about=_known)
        ]

    async def write(self, delivery: Delivery) -> Effect | None:
        """Make the issue, or write into it what stands in the version that was asked for."""
        sheet = await self._uow.read(self._sheet, delivery.subject["incident"])
        if not sheet:
            return None
        issue = sheet.issue
        try:
            if not issue.number:
                # an earlier delivery may have been given up with its answer lost: it is always looked for
                found = await self._gitlab.seek(sheet)
                made = found or (None if sheet.hidden else await self._gitlab.make(sheet))
                if not made:
                    return None
                issue = replace(issue, project=self._settings.project, number=made.number, url=made.url)
                if not found:
                    return self._written(sheet, issue)
            await self._gitlab.keep(sheet, issue.number)
        except Gone as gone:
            if not issue.number:
                raise
            return partial(review_issue_lost, issue=issue, tracker=NAME, why=gone.reason)
        return self._written(sheet, issue)

    def _written(self, sheet: Sheet, issue: ReviewIssue) -> Effect:
        written = issue.written if sheet.hidden else sheet.version
        return partial(review_issue_written, issue=replace(issue, written=written), tracker=NAME)

    def _sheet(self, tx: Tx, incident_id: int) -> Sheet | None:
        issue = review_issues.of(tx, incident_id)
        version = review_documents.version(tx, incident_id, issue.version) if issue else None
        place = tx.process.reviews.issues
        incident = incidents.get(tx, incident_id)
        if not issue or not place or (issue.number and not place.has(issue)):
            return None
        marked = any(one.name == CONFIDENTIAL and one.value == YES for one in fields.of(tx, incident_id))
        hidden = incident.private and not place.private
        if not version and not hidden:  # of what was given up an issue may stand there all the same
            return None
        ours = view.described(
            incident,
            version.text if version else "",
            issue.version,
            self._database,
            related=issues.of(tx, incident_id),
            hidden=hidden,
        )
        return Sheet(
            incident,
            issue,
            issue.version,
            ours,
            view.marker(incident, self._database),
            confidential=incident.private or marked,
            hidden=hidden,
        )


def _known(tx: Tx, fact: OfIncident) -> Subjects:
    """Return the incident if its review has an issue, or should have one."""
    if isinstance(fact, facts.FieldChanged) and fact.name != CONFIDENTIAL:
        return ()
    return ({"incident": fact.incident},) if review_issues.of(tx, fact.incident) else ()


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    review_issue_failed(tx, delivery.subject["incident"], tracker=NAME, why=reason)
