"""Jira's issues: what an incident's issue needs."""

from collections.abc import Mapping
from typing import Any

from bot.clock import Clock
from bot.config.trackers import JiraSettings
from bot.domain.incidents.issues import Issue, relabelled
from bot.integrations.destination import Gone
from bot.integrations.trackers.jira_api import JiraApi, assigned, done
from bot.integrations.trackers.tracker import Made, Wanted
from bot.views import jira_issue as view

_FIELDS = "summary,description,labels,status,assignee"


class Jira:
    """One project's issues. Whoever sees the project sees them. Raises DeliveryFailed, or Gone."""

    name = "Jira"
    keeps_secrets = False

    def __init__(self, settings: JiraSettings, clock: Clock) -> None:
        self._api = JiraApi(settings, clock)
        self._url = settings.url
        self.project = settings.project

    async def create(self, wanted: Wanted) -> Made:
        fields: dict[str, Any] = {
            "summary": view.title(wanted.incident),
            "description": view.described(wanted.shown, wanted.database),
            "labels": [*view.labelled(wanted.labels), view.mark(wanted.incident.id, wanted.database)],
        }
        if account := self._api.account(wanted.lead):
            fields["assignee"] = account
        return self._made(await self._api.create(fields))

    async def find(self, wanted: Wanted) -> Made | None:
        """Return the issue that has our label."""
        key = await self._api.labelled(view.mark(wanted.incident.id, wanted.database))
        return self._made(key) if key else None

    async def follow(self, wanted: Wanted, issue: Issue) -> None:
        key = f"{self.project}-{issue.number}"
        there = await self._api.fields(key, _FIELDS)
        listed = there.get("labels")
        present = view.unlabelled(listed if isinstance(listed, list) else [])
        add, remove = (view.labelled(one) for one in relabelled(present, wanted.labels))
        await self._api.change(key, self._changes(wanted, there), add, remove)
        if (closes := wanted.closes(issue, closed_there=done(there))) is not None:
            await self._api.move(key, closes=closes)

    async def try_out(self) -> None:
        await self._api.labelled("muster-check")

    def _changes(self, wanted: Wanted, there: Mapping[str, Any]) -> dict[str, Any]:
        incident = wanted.incident
        ours = view.described(wanted.shown, wanted.database, hidden=wanted.hidden)
        should: dict[str, Any] = {
            "summary": view.title(incident, hidden=wanted.hidden),
            "description": view.placed(there.get("description") or "", ours, incident.id),
        }
        fields = {key: value for key, value in should.items() if not view.same(there.get(key) or "", value)}
        account = self._api.account(wanted.lead)
        return fields | ({"assignee": account} if account and not assigned(there, account) else {})

    def _made(self, key: str) -> Made:
        project, _, number = key.rpartition("-")
        if project != self.project:
            raise Gone(f"the issue is {key} now, in another project")
        return Made(int(number), f"{self._url}/browse/{key}")
