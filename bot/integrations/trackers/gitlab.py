"""GitLab's issues: the calls that an incident's issue needs (the REST API, version 4)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bot.clock import Clock
from bot.config.trackers import GitlabSettings
from bot.integrations.destination import Destination, Gone
from bot.jobs import DeliveryFailed

PER_PAGE = 100


class Gitlab:
    """One project's issues. Raises DeliveryFailed, or Gone for an issue that is not there."""

    def __init__(self, settings: GitlabSettings, clock: Clock) -> None:
        headers = {"PRIVATE-TOKEN": settings.token or ""}
        self._api = Destination("GitLab", f"{settings.url}/api/v4", headers, clock)
        self.project = settings.project
        self._path = f"projects/{quote(settings.project, safe='')}/issues"
        self._users: dict[str, int | None] = {}

    async def create(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Create an issue and return it."""
        return _issue((await self._api.call("POST", self._path, said=fields))[1])

    async def marked(self, marker: str, words: str) -> dict[str, Any] | None:
        """Return the issue whose description has the marker: it was created, and the answer was lost."""
        asked = {"search": words, "in": "description", "per_page": PER_PAGE, "scope": "all"}
        _, found = await self._api.call("GET", self._path, asked=asked)
        return next((_issue(one) for one in _list(found) if marker in (one.get("description") or "")), None)

    async def get(self, number: int) -> dict[str, Any]:
        return _issue((await self._api.call("GET", f"{self._path}/{number}"))[1])

    async def change(self, number: int, fields: Mapping[str, Any]) -> None:
        await self._api.call("PUT", f"{self._path}/{number}", said=fields)

    async def noted(self, number: int, key: str) -> bool:
        """Say whether an issue has the note with this key."""
        asked = {"per_page": PER_PAGE, "order_by": "created_at", "sort": "desc"}
        _, found = await self._api.call("GET", f"{self._path}/{number}/notes", asked=asked)
        return any(f"<!-- muster:{key} -->" in (one.get("body") or "") for one in _list(found))

    async def note(self, number: int, body: str, *, internal: bool) -> None:
        """Add a note. One that GitLab takes for commands alone says nothing, and that is an error."""
        said = {"body": body, "internal": internal}
        status, _ = await self._api.call("POST", f"{self._path}/{number}/notes", said=said)
        if status == 202:
            raise DeliveryFailed("GitLab took the note for commands", permanent=True)

    async def relate(self, number: int, other: int) -> None:
        """Link two issues of the project, unless they are linked already."""
        _, found = await self._api.call("GET", f"{self._path}/{number}/links")
        if not any(one.get("iid") == other for one in _list(found)):
            said = {"target_project_id": self.project, "target_issue_iid": other, "link_type": "relates_to"}
            await self._api.call("POST", f"{self._path}/{number}/links", said=said)

    async def user(self, *, username: str = "", email: str = "") -> int | None:
        """Return the number of a person there, or None where that is not known for sure."""
        key = username or email
        if key not in self._users:
            asked = {"username": username} if username else {"search": email}
            try:
                _, found = await self._api.call("GET", "users", asked=asked)
            except Gone:
                found = []
            known = [one.get("id") for one in _list(found)]
            self._users[key] = known[0] if len(known) == 1 and isinstance(known[0], int) else None
        return self._users[key]


def _issue(found: Any) -> dict[str, Any]:
    wanted = {"iid": int, "web_url": str, "state": str}
    read = found if isinstance(found, dict) else {}
    if not all(isinstance(read.get(key), kind) for key, kind in wanted.items()):
        raise DeliveryFailed("GitLab answered what is no issue", uncertain=True)
    return read


def _list(found: Any) -> Sequence[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
