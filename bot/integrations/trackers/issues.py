"""The issue that each incident has in a tracker: made once, kept current, told what people say."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.config.trackers import AnyTracker, GithubSettings, GitlabSettings, JiraSettings, TrackerSettings
from bot.domain import facts
from bot.domain.actors import Machine
from bot.domain.facts import OfIncident
from bot.domain.incidents.fields import CONFIDENTIAL, YES
from bot.domain.incidents.issues import Issue, wants_issue
from bot.integrations.destination import Gone
from bot.integrations.trackers.github import Github
from bot.integrations.trackers.gitlab import Gitlab
from bot.integrations.trackers.jira import Jira
from bot.integrations.trackers.tracker import Tracker, Wanted
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.incidents.fields import fields_for
from bot.operations.incidents.issues import issue_changed, issue_lost, issue_opened
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views import issue as view
from bot.views.issue import Shown
from bot.views.mrkdwn import mentioned
from storage import incidents, issues, links, people, roles, timeline, updates
from storage.outbox import Delivery
from storage.transaction import Tx

APART = timedelta(seconds=30)
"""How long a change waits for more: the description is written at most so often."""
READ_BY = timedelta(seconds=15)
"""When the words of a message that was just pinned are known."""
TRIES = 8
"""After so many looks a pinned message whose words never came is left out."""

LANE = "issue:{incident}"
OPENING = {facts.Declared, facts.Accepted, facts.TurnedReal}
SHOWN = {
    facts.StatusChanged,
    facts.SeverityChanged,
    facts.Renamed,
    facts.SummaryChanged,
    facts.FieldChanged,
    facts.LinkAdded,
    facts.LinkRemoved,
    facts.LeadChanged,
    facts.RoleGiven,
    facts.PageAcknowledged,
    facts.TakenOver,
    facts.SteppedBack,
    facts.Left,
    facts.NearMissNoted,
    facts.ReviewRequested,
    facts.ChannelOpened,
    facts.TurnedPrivate,
}


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that the issue tells, read in one transaction."""

    wanted: Wanted
    issue: Issue | None


def tracker_of(settings: AnyTracker, clock: Clock) -> Tracker:
    """Return what calls the tracker of these settings."""
    match settings:
        case GitlabSettings():
            return Gitlab(settings, clock)
        case GithubSettings():
            return Github(settings, clock)
        case JiraSettings():
            return Jira(settings, clock)


class Issues:
    """Keeps the issues of one project. Where an incident turns private, and the project is not fit for it,
    its issue says no more from then on.
    """

    def __init__(self, uow: UnitOfWork, tracker: Tracker, settings: TrackerSettings, database: str) -> None:
        self._uow = uow
        self._tracker = tracker
        self._notes = tracker if isinstance(tracker, Gitlab) and settings.notes != "none" else None
        self._settings = settings
        self._database = database

    def jobs(self) -> list[Job]:
        name = self._tracker.name.lower()
        # what was to be kept secret, where nothing can be, has an issue once it need not be
        opening = OPENING if self._tracker.keeps_secrets else OPENING | {facts.FieldChanged}
        not_made = partial(_not_made, self._tracker.name)
        return [
            Job(f"{name}.open_issue", opening, self.open, LANE, not_made, about=self._wanted),
            Job(
                f"{name}.redraw_issue",
                SHOWN,
                self.redraw,
                "issue_text:{incident}",
                partial(_not_written, self._tracker.name),
                about=self._wanted,
                coalesce=True,
                after=APART,
            ),
            *(self._note_jobs() if self._notes else ()),
        ]

    def _note_jobs(self) -> list[Job]:
        not_written = partial(_not_written, self._tracker.name)
        return [
            Job(
                "gitlab.note_update", {facts.UpdatePosted}, self.note, LANE, not_written, about=self._updates
            ),
            Job(
                "gitlab.note_pin",
                {facts.MessagePinned},
                self.note_pin,
                "issue_pin:{incident}:{ts}",
                not_written,
                about=self._wanted_as_told,
                after=READ_BY,
            ),
        ]

    def _wanted(self, tx: Tx, fact: OfIncident) -> Subjects:
        """Return the incident if it has an issue, or should have one."""
        incident = incidents.get(tx, fact.incident)
        if wants_issue(incident, private=self._settings.private) or issues.of(tx, incident.id):
            return ({"incident": incident.id},)
        return ()

    def _updates(self, tx: Tx, fact: facts.UpdatePosted) -> Subjects:
        return ({**one, "update": fact.update} for one in self._told(tx, fact))

    def _wanted_as_told(self, tx: Tx, fact: facts.MessagePinned) -> Subjects:
        return ({**one, "ts": fact.ts} for one in self._told(tx, fact))

    def _told(self, tx: Tx, fact: OfIncident) -> Subjects:
        incident = incidents.get(tx, fact.incident)
        return ({"incident": incident.id},) if wants_issue(incident, private=self._settings.private) else ()

    async def open(self, delivery: Delivery) -> Effect | None:
        """Make the issue."""
        scene = await self._uow.read(self._scene, delivery.subject["incident"])
        wanted = scene.wanted
        if scene.issue or wanted.hidden or not wants_issue(wanted.incident, private=self._settings.private):
            return None
        made = await self._tracker.find(wanted) if delivery.uncertain else None
        if not made:
            made = await self._tracker.create(wanted)
        issue = Issue(wanted.incident.id, self._tracker.project, made.number, made.url)
        return partial(issue_opened, issue=issue, tracker=self._tracker.name)

    async def redraw(self, delivery: Delivery) -> Effect | None:
        """Write what is true now."""
        scene = await self._uow.read(self._scene, delivery.subject["incident"])
        issue = scene.issue
        if not issue or issue.gone or issue.project != self._tracker.project:
            return None
        try:
            await self._tracker.follow(scene.wanted, issue)
        except Gone as gone:
            lost = replace(issue, gone=True)
            return partial(issue_lost, issue=lost, tracker=self._tracker.name, why=gone.reason)
        closed = not scene.wanted.incident.status.open
        return partial(issue_changed, issue=replace(issue, closed=closed)) if closed != issue.closed else None

    async def note(self, delivery: Delivery) -> None:
        found = await self._uow.read(_update, delivery)
        await self._noted(delivery, found, "Update")

    async def note_pin(self, delivery: Delivery) -> None:
        found = await self._uow.read(_pin, delivery)
        if found and not found[0]:
            if delivery.tries < TRIES:
                raise DeliveryFailed("the message was not read yet", after=READ_BY)
            return
        await self._noted(delivery, found, "Pinned message")

    async def _noted(self, delivery: Delivery, found: tuple[str, str, Any] | None, what: str) -> None:
        scene = await self._uow.read(self._scene, delivery.subject["incident"])
        issue, incident = scene.issue, scene.wanted.incident
        if not found or not issue or issue.gone:
            return
        if not wants_issue(incident, private=self._settings.private):
            return
        key = f"note:{self._database}:{delivery.id}"
        if not self._notes or (delivery.uncertain and await self._notes.noted(issue.number, key)):
            return
        body = view.note(*found, what, key)
        await self._notes.note(issue.number, body, internal=self._settings.notes == "internal")

    def _scene(self, tx: Tx, incident_id: int) -> _Scene:
        incident = incidents.get(tx, incident_id)
        known = fields_for(tx, incident)
        held = roles.of(tx, incident_id)
        names = people.names(tx, [*held.values(), *([incident.lead] if incident.lead else [])])
        lead = people.get(tx, incident.lead) if incident.lead else None
        shown = Shown(
            incident,
            lead=names.get(incident.lead, ""),
            roles=[(role, names.get(person, "")) for role, person in held.items() if person in names],
            fields=[(kind.name, _named(tx, value)) for kind, value in known if kind.name != CONFIDENTIAL],
            links=links.of(tx, incident_id),
            into=issues.of(tx, incident.merged_into) if incident.merged_into else None,
        )
        secret = incident.private or (CONFIDENTIAL, YES) in {(kind.name, value) for kind, value in known}
        who = (lead.id, lead.email or "") if lead else ("", "")
        unfit = incident.private if self._tracker.keeps_secrets else secret
        wanted = Wanted(
            shown, self._database, who, confidential=secret, hidden=unfit and not self._settings.private
        )
        return _Scene(wanted, issues.of(tx, incident_id))


def _update(tx: Tx, delivery: Delivery) -> tuple[str, str, Any]:
    sent = updates.get(tx, delivery.subject["update"])
    return _named(tx, sent.text), people.name_of(tx, sent.by), sent.at


def _pin(tx: Tx, delivery: Delivery) -> tuple[str, str, Any] | None:
    entry = timeline.pinned(tx, delivery.subject["incident"], delivery.subject["ts"])
    if not entry:  # since unpinned
        return None
    author = people.name_of(tx, entry.by) if entry.by and not isinstance(entry.by, Machine) else "a program"
    return _named(tx, entry.text, escaped=True), author, entry.at


def _named(tx: Tx, text: str, *, escaped: bool = False) -> str:
    """Return text with people by their names, as they are not known there."""
    return view.plain(text, people.names(tx, mentioned(text)), escaped=escaped)


def _not_made(tracker: str, tx: Tx, delivery: Delivery, reason: str) -> None:
    problem(
        tx,
        delivery.subject["incident"],
        f"The {tracker} issue could not be made",
        reason,
        "Make it by hand and add it: `/inc link`.",
    )


def _not_written(tracker: str, tx: Tx, delivery: Delivery, reason: str) -> None:
    problem(
        tx,
        delivery.subject["incident"],
        f"The {tracker} issue could not be kept current",
        reason,
        "Look at it there; the next change is tried again.",
    )
