"""GitLab's issues: the calls that an incident's issue needs (the REST API, version 4)."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from bot.clock import Clock
from bot.config.trackers import GitlabSettings
from bot.domain.incidents.issues import Issue, relabelled
from bot.integrations.destination import Conflict, Destination, Gone
from bot.integrations.trackers.addresses import inside, numbered
from bot.integrations.trackers.tracker import Made, Wanted, dicts, listed
from bot.jobs import DeliveryFailed
from bot.views import issue as view

PER_PAGE = 100


class Gitlab:
    """One project's issues. Raises DeliveryFailed, or Gone for an issue that is not there."""

    name = "GitLab"
    keeps_secrets = True

    def __init__(self, settings: GitlabSettings, clock: Clock) -> None:
        headers = {"PRIVATE-TOKEN": settings.token or ""}
        self._api = Destination("GitLab", f"{settings.url}/api/v4", headers, clock)
        self._settings = settings
        self.project = settings.project
        self._path = f"projects/{quote(settings.project, safe='')}/issues"
        self._users: dict[str, int | None] = {}

    async def create(self, wanted: Wanted) -> Made:
        """Make an issue, confidential from the first moment where it has to be."""
        incident = wanted.incident
        fields: dict[str, Any] = {
            "title": view.title(incident),
            "description": view.described(wanted.shown, database=wanted.database),
            "issue_type": self._settings.issue_type,
            "confidential": wanted.confidential,
            "labels": ",".join(wanted.labels),
        }
        if assignee := await self._assignee(wanted.lead):
            fields["assignee_ids"] = [assignee]
        return made_of(read_issue((await self._api.call("POST", self._path, said=fields))[1]), self._settings)

    async def find(self, wanted: Wanted) -> Made | None:
        """Return the issue whose description has our mark."""
        number, mark = wanted.incident.id, view.marker(wanted.incident.id, wanted.database)
        asked = {"search": f"muster:INC-{number}", "in": "description", "per_page": PER_PAGE, "scope": "all"}
        _, found = await self._api.call("GET", self._path, asked=asked)
        return next(
            (
                made_of(read_issue(one), self._settings)
                for one in listed(found, "GitLab")
                if mark in (one.get("description") or "")
            ),
            None,
        )

    async def follow(self, wanted: Wanted, issue: Issue) -> None:
        """Write what differs; a duplicate is linked with the issue of what it was merged into."""
        path = f"{self._path}/{issue.number}"
        there = read_issue((await self._api.call("GET", path))[1])
        if changes := await self._changes(wanted, issue, there):
            await self._api.call("PUT", path, said=changes)
        if wanted.shown.into and not issue.closed:
            await link(self._api, f"{path}/links", wanted.shown.into)

    async def try_out(self) -> None:
        asked = {"search": "muster:INC-0", "in": "description", "per_page": 1, "scope": "all"}
        listed((await self._api.call("GET", self._path, asked=asked))[1], "GitLab")

    async def _changes(self, wanted: Wanted, issue: Issue, there: Mapping[str, Any]) -> dict[str, Any]:
        """Return what differs from how it should be."""
        incident = wanted.incident
        ours = view.described(wanted.shown, database=wanted.database, hidden=wanted.hidden)
        should = {
            "title": view.title(incident, hidden=wanted.hidden),
            "description": view.placed(there.get("description") or "", ours, incident.id),
            "confidential": wanted.confidential,
        }
        changes: dict[str, Any] = {key: value for key, value in should.items() if there.get(key) != value}
        add, remove = relabelled(there.get("labels") or [], wanted.labels)
        changes |= {"add_labels": ",".join(add)} if add else {}
        changes |= {"remove_labels": ",".join(remove)} if remove else {}
        closes = wanted.closes(issue, closed_there=there["state"] == "closed")
        changes |= {} if closes is None else {"state_event": "close" if closes else "reopen"}
        assignee = await self._assignee(wanted.lead)
        assigned = [one.get("id") for one in there.get("assignees") or []]
        return changes | ({"assignee_ids": [assignee]} if assignee and assignee not in assigned else {})

    async def noted(self, number: int, key: str) -> bool:
        """Say whether an issue has the note with this key."""
        asked = {"per_page": PER_PAGE, "order_by": "created_at", "sort": "desc"}
        _, found = await self._api.call("GET", f"{self._path}/{number}/notes", asked=asked)
        return any(f"<!-- muster:{key} -->" in (one.get("body") or "") for one in listed(found, "GitLab"))

    async def note(self, number: int, body: str, *, internal: bool) -> None:
        """Add a note. One that GitLab takes for commands alone says nothing, and that is an error."""
        said = {"body": body, "internal": internal}
        status, _ = await self._api.call("POST", f"{self._path}/{number}/notes", said=said)
        if status == 202:
            raise DeliveryFailed("GitLab took the note for commands", permanent=True)

    async def _assignee(self, lead: tuple[str, str]) -> int | None:
        """Return the lead's number there; that it is not known holds nothing up."""
        person, email = lead
        named = self._settings.people.get(person) or self._settings.people.get(email)
        if not named and not email:
            return None
        try:
            return await self._user({"username": named} if named else {"search": email})
        except DeliveryFailed as failure:
            if failure.held:
                raise
            return None

    async def _user(self, asked: Mapping[str, str]) -> int | None:
        """Return the number of a person there, or None where that is not known for sure."""
        (key,) = asked.values()
        if key not in self._users:
            try:
                _, found = await self._api.call("GET", "users", asked=asked)
            except Gone:
                found = []
            known = [one.get("id") for one in dicts(found)]
            self._users[key] = known[0] if len(known) == 1 and isinstance(known[0], int) else None
        return self._users[key]


async def link(api: Destination, path: str, other: Issue) -> None:
    """Link an issue, whose links are at `path`, with the issue of an incident, unless they are linked."""
    _, found = await api.call("GET", path)
    if any(one.get("web_url") == other.url for one in listed(found, "GitLab")):
        return
    said = {
        "target_project_id": other.project,
        "target_issue_iid": other.number,
        "link_type": "relates_to",
    }
    # linked meanwhile; or the other one was deleted, of which its own incident is told
    with suppress(Conflict, Gone):
        await api.call("POST", path, said=said)


def read_issue(found: Any) -> dict[str, Any]:
    """Return the issue that was answered. Raises DeliveryFailed, of unknown fate, for anything else."""
    wanted = {"iid": int, "web_url": str, "state": str}
    read = found if isinstance(found, dict) else {}
    known = all(isinstance(read.get(key), kind) for key, kind in wanted.items())
    if not known or not numbered(read["iid"]):
        raise DeliveryFailed("GitLab answered what is no issue", uncertain=True)
    return read


def made_of(issue: Mapping[str, Any], settings: GitlabSettings) -> Made:
    """Return an issue of the project of these settings."""
    project, number = f"{settings.url}/{settings.project}", issue["iid"]
    return Made(number, inside(issue["web_url"], project, f"{project}/-/issues/{number}"))
