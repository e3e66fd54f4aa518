"""Jira's issues: the calls that an incident's issue needs (REST API, version 2: it takes wiki markup)."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.config.trackers import JiraSettings
from bot.domain.incidents.issues import Issue, relabelled
from bot.integrations.destination import Destination, Gone
from bot.integrations.trackers.tracker import Made, Wanted, dicts
from bot.jobs import DeliveryFailed
from bot.views import jira_issue as view

FOUND_AFTER = timedelta(minutes=1)
"""How long after a lost answer an issue is looked for: Jira's search knows a new one only later."""
DONE, BEGUN = "done", "indeterminate"
"""Keys of the categories in which each status of a workflow is."""
_FIELDS = "summary,description,labels,status,assignee"


class Jira:
    """One project's issues. Whoever sees the project sees them. Raises DeliveryFailed, or Gone."""

    name = "Jira"
    keeps_secrets = False

    def __init__(self, settings: JiraSettings, clock: Clock) -> None:
        token = settings.token or ""
        basic = base64.b64encode(f"{settings.email}:{token}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}" if settings.email else f"Bearer {token}"}
        self._api = Destination("Jira", f"{settings.url}/rest/api/2", headers, clock)
        self._settings = settings
        self.project = settings.project
        host = (urlsplit(settings.url).hostname or "").lower()
        # Jira Cloud has taken the other search away, and Jira Data Center has not got this one
        self._search = "search/jql" if host.endswith(".atlassian.net") else "search"

    async def create(self, wanted: Wanted) -> Made:
        fields: dict[str, Any] = {
            "project": {"key": self.project},
            "issuetype": {"name": self._settings.issue_type},
            "summary": view.title(wanted.incident),
            "description": view.described(wanted.shown, wanted.database),
            "labels": [*view.labelled(wanted.labels), view.mark(wanted.incident.id, wanted.database)],
        }
        if account := self._account(wanted):
            fields["assignee"] = account
        try:
            _, found = await self._api.call("POST", "issue", said={"fields": fields})
        except DeliveryFailed as failure:
            if failure.uncertain:
                raise DeliveryFailed(failure.reason, uncertain=True, after=FOUND_AFTER) from None
            raise
        return self._made(found)

    async def find(self, wanted: Wanted) -> Made | None:
        """Return the issue that has our label."""
        mark = view.mark(wanted.incident.id, wanted.database)
        asked = {"jql": f'project = "{self.project}" AND labels = "{mark}"', "fields": "summary"}
        _, found = await self._api.call("GET", self._search, asked=asked)
        issues = dicts(found.get("issues")) if isinstance(found, dict) else []
        return self._made(issues[0]) if issues else None

    async def follow(self, wanted: Wanted, issue: Issue) -> None:
        key = f"issue/{self.project}-{issue.number}"
        _, found = await self._api.call("GET", key, asked={"fields": _FIELDS})
        there = found.get("fields") if isinstance(found, dict) else None
        if not isinstance(there, dict):
            raise DeliveryFailed("Jira answered what is no issue")
        if changes := self._changes(wanted, there):
            await self._api.call("PUT", key, said=changes)
        status = there.get("status")
        category = status.get("statusCategory") if isinstance(status, dict) else None
        done = isinstance(category, dict) and category.get("key") == DONE
        if (closes := wanted.closes(issue, closed_there=done)) is not None:
            await self._move(key, closes=closes)

    def _changes(self, wanted: Wanted, there: Mapping[str, Any]) -> dict[str, Any]:
        incident = wanted.incident
        ours = view.described(wanted.shown, wanted.database, hidden=wanted.hidden)
        should: dict[str, Any] = {
            "summary": view.title(incident, hidden=wanted.hidden),
            "description": view.placed(there.get("description") or "", ours, incident.id),
        }
        fields = {key: value for key, value in should.items() if not view.same(there.get(key) or "", value)}
        account, assigned = self._account(wanted), there.get("assignee")
        if account and not (isinstance(assigned, dict) and account.items() <= assigned.items()):
            fields["assignee"] = account
        listed = there.get("labels")
        present = view.unlabelled(listed if isinstance(listed, list) else [])
        add, remove = (view.labelled(one) for one in relabelled(present, wanted.labels))
        labels = [*({"add": one} for one in add), *({"remove": one} for one in remove)]
        return {
            **({"fields": fields} if fields else {}),
            **({"update": {"labels": labels}} if labels else {}),
        }

    async def _move(self, key: str, *, closes: bool) -> None:
        """Take the first step of the workflow that closes it, or that takes it up again."""
        _, found = await self._api.call("GET", f"{key}/transitions")
        steps = dicts(found.get("transitions")) if isinstance(found, dict) else []
        there = [(_category(one), str(one.get("id"))) for one in steps]
        fits = [one for one in there if (one[0] == DONE) is closes]
        if not fits:
            what = "closes it" if closes else "takes it up again"
            raise DeliveryFailed(f"Jira offers no step of its workflow that {what}", permanent=True)
        # of those that take it up again one where somebody is at work on it, if there is one
        chosen = next((step for category, step in fits if category == BEGUN), fits[0][1])
        said: dict[str, Any] = {"transition": {"id": chosen}}
        if closes and self._settings.resolution:
            said["fields"] = {"resolution": {"name": self._settings.resolution}}
        await self._api.call("POST", f"{key}/transitions", said=said)

    def _account(self, wanted: Wanted) -> dict[str, str] | None:
        """Return the lead there, if the configuration has them: Jira Cloud knows people by account ids."""
        people = self._settings.people
        named = next((people[one] for one in wanted.lead if one in people), None)
        return {"accountId" if self._settings.email else "name": named} if named else None

    def _made(self, found: Any) -> Made:
        key = found.get("key") if isinstance(found, dict) else None
        project, _, number = str(key).rpartition("-")
        if not number.isdecimal():
            raise DeliveryFailed("Jira answered what is no issue", uncertain=True)
        if project != self.project:
            raise Gone(f"the issue is {key} now, in another project")
        return Made(int(number), f"{self._settings.url}/browse/{key}")


def _category(step: Mapping[str, Any]) -> str:
    to = step.get("to")
    category = to.get("statusCategory") if isinstance(to, dict) else None
    return str(category.get("key")) if isinstance(category, dict) else ""
