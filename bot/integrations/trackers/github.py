"""GitHub's issues: the calls that an incident's issue needs (the REST API, version 2022-11-28)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.config.trackers import GithubSettings
from bot.domain.incidents.incident import Status
from bot.domain.incidents.issues import Issue, relabelled
from bot.integrations.destination import Destination, Unfit
from bot.integrations.trackers.addresses import inside, numbered
from bot.integrations.trackers.tracker import Made, Wanted, dicts, listed
from bot.jobs import DeliveryFailed
from bot.views import issue as view

HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "muster",
}
NEWEST = 100
"""So many of a repository's newest issues are looked through for one of ours: the search knows a new one
only later."""


class Github:
    """One repository's issues. It has no confidential ones, and drops labels and assignees that the token may
    not set. Raises DeliveryFailed, or Gone for an issue that is not there.
    """

    name = "GitHub"
    keeps_secrets = False

    def __init__(self, settings: GithubSettings, clock: Clock) -> None:
        headers = {**HEADERS, "Authorization": f"Bearer {settings.token or ''}"}
        self._api = Destination("GitHub", settings.url, headers, clock)
        self._settings = settings
        self._people = settings.people
        self.project = settings.repository
        self._path = f"repos/{settings.repository}/issues"

    async def create(self, wanted: Wanted) -> Made:
        person = self._person(wanted)
        fields = {
            "title": view.title(wanted.incident),
            "body": view.described(wanted.shown, database=wanted.database),
            "labels": list(wanted.labels),
            "assignees": [person] if person else [],
        }
        return made_of(read_issue(await told(self._api, "POST", self._path, fields)), self._settings)

    async def find(self, wanted: Wanted) -> Made | None:
        """Return the issue whose text has our mark."""
        mark = view.marker(wanted.incident.id, wanted.database)
        asked = {"state": "all", "sort": "created", "direction": "desc", "per_page": NEWEST}
        _, found = await self._api.call("GET", self._path, asked=asked)
        return next(
            (
                made_of(read_issue(one), self._settings)
                for one in listed(found, "GitHub")
                if mark in (one.get("body") or "")
            ),
            None,
        )

    async def follow(self, wanted: Wanted, issue: Issue) -> None:
        path = f"{self._path}/{issue.number}"
        there = read_issue((await self._api.call("GET", path))[1])
        if changes := self._changes(wanted, issue, there):
            await told(self._api, "PATCH", path, changes)

    async def try_out(self) -> None:
        listed((await self._api.call("GET", self._path, asked={"state": "all", "per_page": 1}))[1], "GitHub")

    def _changes(self, wanted: Wanted, issue: Issue, there: Mapping[str, Any]) -> dict[str, Any]:
        incident = wanted.incident
        ours = view.described(wanted.shown, database=wanted.database, hidden=wanted.hidden)
        should = {
            "title": view.title(incident, hidden=wanted.hidden),
            "body": view.placed(there.get("body") or "", ours, incident.id),
        }
        changes: dict[str, Any] = {key: value for key, value in should.items() if there.get(key) != value}
        present = [str(one.get("name")) for one in dicts(there.get("labels"))]
        add, remove = relabelled(present, wanted.labels)
        if add or remove:  # what is given replaces all
            changes["labels"] = [*(one for one in present if one not in remove), *add]
        closes = wanted.closes(issue, closed_there=there["state"] == "closed")
        if closes is not None:
            solved = incident.status not in {Status.CANCELLED, Status.MERGED}
            why = ("completed" if solved else "not_planned") if closes else "reopened"
            changes |= {"state": "closed" if closes else "open", "state_reason": why}
        assigned = [str(one.get("login")) for one in dicts(there.get("assignees"))]
        person = self._person(wanted)
        if person and person.lower() not in {one.lower() for one in assigned}:
            changes["assignees"] = [person]
        return changes

    def _person(self, wanted: Wanted) -> str | None:
        """Return the lead's name there, if the configuration has it: by an e-mail address none is found."""
        return next((self._people[one] for one in wanted.lead if one in self._people), None)


async def told(api: Destination, method: str, path: str, fields: Mapping[str, Any]) -> Any:
    """Send an issue's fields. Somebody who cannot be assigned there holds nothing up."""
    try:
        return (await api.call(method, path, said=fields))[1]
    except Unfit as refused:
        rest = {name: value for name, value in fields.items() if name != "assignees"}
        if refused.fields != {"assignees"} or len(rest) == len(fields):
            raise
    return (await api.call(method, path, said=rest))[1] if rest else None


def read_issue(found: Any) -> dict[str, Any]:
    """Return the issue that was answered. Raises DeliveryFailed, of unknown fate, for anything else."""
    expected = {"number": int, "html_url": str, "state": str}
    read = found if isinstance(found, dict) else {}
    known = all(isinstance(read.get(key), kind) for key, kind in expected.items())
    if not known or not numbered(read["number"]):
        raise DeliveryFailed("GitHub answered what is no issue", uncertain=True)
    return read


def made_of(issue: Mapping[str, Any], settings: GithubSettings) -> Made:
    """Return an issue of the repository of these settings."""
    project, number = f"{site(settings)}/{settings.repository}", issue["number"]
    return Made(number, inside(issue["html_url"], project, f"{project}/issues/{number}"))


def site(settings: GithubSettings) -> str:
    """Return the address at which people see what is called at that of the API."""
    parts = urlsplit(settings.url)
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}"
