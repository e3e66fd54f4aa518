"""The issue that each incident has in a tracker: made once, kept current, told what people say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from bot.config.trackers import GitlabSettings
from bot.domain import facts
from bot.domain.actors import Machine
from bot.domain.facts import OfIncident
from bot.domain.incidents.fields import CONFIDENTIAL, YES
from bot.domain.incidents.issues import Issue, issue_labels, relabelled, wants_issue
from bot.integrations.destination import Gone
from bot.integrations.trackers.gitlab import Gitlab
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
    facts.ChannelOpened,
    facts.TurnedPrivate,
}


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that the issue tells, read in one transaction."""

    shown: Shown
    issue: Issue | None
    confidential: bool
    lead: tuple[str, str]
    """The lead's Slack user id and e-mail address; empty for nobody."""


class Issues:
    """Keeps the issues of one project. Where an incident turns private, and the project is not fit for it,
    its issue says no more from then on.
    """

    def __init__(self, uow: UnitOfWork, tracker: Gitlab, settings: GitlabSettings, database: str) -> None:
        self._uow = uow
        self._tracker = tracker
        self._settings = settings
        self._database = database

    def jobs(self) -> list[Job]:
        lane = "issue:{incident}"
        jobs = [
            Job("gitlab.open_issue", OPENING, self.open, lane, _not_made, about=self._wanted),
            Job(
                "gitlab.redraw_issue",
                SHOWN,
                self.redraw,
                "issue_text:{incident}",
                _not_written,
                about=self._wanted,
                coalesce=True,
                after=APART,
            ),
        ]
        if self._settings.notes != "none":
            jobs += [
                Job(
                    "gitlab.note_update",
                    {facts.UpdatePosted},
                    self.note,
                    lane,
                    _not_written,
                    about=self._updates,
                ),
                Job(
                    "gitlab.note_pin",
                    {facts.MessagePinned},
                    self.note_pin,
                    "issue_pin:{incident}:{ts}",
                    _not_written,
                    about=self._wanted_as_told,
                    after=READ_BY,
                ),
            ]
        return jobs

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
        """Make the issue, confidential from the first moment where it has to be."""
        scene = await self._uow.read(self._scene, delivery.subject["incident"])
        incident = scene.shown.incident
        if scene.issue or not wants_issue(incident, private=self._settings.private):
            return None
        mark = view.marker(incident.id, self._database)
        found = await self._tracker.marked(mark, f"muster:INC-{incident.id}") if delivery.uncertain else None
        if not found:
            fields: dict[str, Any] = {
                "title": view.title(incident),
                "description": view.described(scene.shown, database=self._database),
                "issue_type": self._settings.issue_type,
                "confidential": scene.confidential,
                "labels": ",".join(issue_labels(incident)),
            }
            if assignee := await self._assignee(scene.lead):
                fields["assignee_ids"] = [assignee]
            found = await self._tracker.create(fields)
        made = Issue(incident.id, self._tracker.project, found["iid"], found["web_url"])
        return partial(issue_opened, issue=made)

    async def redraw(self, delivery: Delivery) -> Effect | None:
        """Write what is true now, and leave alone what people wrote or set there."""
        scene = await self._uow.read(self._scene, delivery.subject["incident"])
        issue, incident = scene.issue, scene.shown.incident
        if not issue or issue.gone:
            return None
        try:
            there = await self._tracker.get(issue.number)
            changes = await self._changes(scene, issue, there)
            if changes:
                await self._tracker.change(issue.number, changes)
            if scene.shown.into and not issue.closed:
                await self._tracker.relate(issue.number, scene.shown.into.number)
        except Gone as gone:
            return partial(issue_lost, issue=replace(issue, gone=True), why=gone.reason)
        closed = not incident.status.open
        return partial(issue_changed, issue=replace(issue, closed=closed)) if closed != issue.closed else None

    async def _changes(self, scene: _Scene, issue: Issue, there: Mapping[str, Any]) -> dict[str, Any]:
        """Return what differs from how it should be."""
        incident = scene.shown.incident
        hidden = incident.private and not self._settings.private
        ours = view.described(scene.shown, database=self._database, hidden=hidden)
        before = there.get("description") or ""
        wanted: dict[str, Any] = {
            "title": view.title(incident, hidden=hidden),
            "description": view.placed(before, ours, incident.id),
            "confidential": scene.confidential,
        }
        changes = {key: value for key, value in wanted.items() if there.get(key) != value}
        add, remove = relabelled(there.get("labels") or [], issue_labels(incident))
        changes |= {"add_labels": ",".join(add)} if add else {}
        changes |= {"remove_labels": ",".join(remove)} if remove else {}
        closed = not incident.status.open
        if closed != issue.closed and (there["state"] == "closed") != closed:  # else whoever closed it there
            changes["state_event"] = "close" if closed else "reopen"
        assignee = await self._assignee(scene.lead)
        assigned = [one.get("id") for one in there.get("assignees") or []]
        return changes | ({"assignee_ids": [assignee]} if assignee and assignee not in assigned else {})

    async def _assignee(self, lead: tuple[str, str]) -> int | None:
        """Return the lead's number there; that it is not known holds nothing up."""
        person, email = lead
        named = self._settings.people.get(person) or self._settings.people.get(email)
        if not named and not email:
            return None
        try:
            return await self._tracker.user(username=named or "", email="" if named else email)
        except DeliveryFailed as failure:
            if failure.held:
                raise
            return None

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
        issue, incident = scene.issue, scene.shown.incident
        if not found or not issue or issue.gone:
            return
        if not wants_issue(incident, private=self._settings.private):
            return
        key = f"note:{self._database}:{delivery.id}"
        if delivery.uncertain and await self._tracker.noted(issue.number, key):
            return
        body = view.note(*found, what, key)
        await self._tracker.note(issue.number, body, internal=self._settings.notes == "internal")

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
        return _Scene(shown, issues.of(tx, incident_id), secret, who)


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


def _not_made(tx: Tx, delivery: Delivery, reason: str) -> None:
    problem(
        tx,
        delivery.subject["incident"],
        "The GitLab issue could not be made",
        reason,
        "Make it by hand and add it: `/inc link`.",
    )


def _not_written(tx: Tx, delivery: Delivery, reason: str) -> None:
    problem(
        tx,
        delivery.subject["incident"],
        "The GitLab issue could not be kept current",
        reason,
        "Look at it there; the next change is tried again.",
    )
