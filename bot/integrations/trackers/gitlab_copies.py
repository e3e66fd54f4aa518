"""The calls of GitLab's REST API, version 4, that copies of a review need: wikis, commits, merge requests."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import quote

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.issues import Issue
from bot.domain.reviews.copies import ReviewCopy
from bot.integrations.destination import Destination, Gone, Unfit
from bot.integrations.trackers.addresses import inside, is_page, numbered
from bot.integrations.trackers.tasks import text_of
from bot.integrations.trackers.tracker import dicts
from bot.jobs import DeliveryFailed
from bot.views import review_copy as view
from bot.views import review_issue

SOMEBODY = "Somebody"


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in a copy: its `text`, None for nothing, who wrote it last if that is told, and the commit
    it is of. `over` says that its merge request is merged or closed; it is `begun` where its branch is there.
    """

    text: str | None
    who: str = SOMEBODY
    commit: str = ""
    over: bool = False
    begun: bool = False
    number: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a copy of a review should be like now; a `hidden` one says nothing of the incident.

    `version` is that of the text `wanted`.
    """

    incident: Incident
    copy: ReviewCopy
    wanted: str
    database: str
    target: str = ""
    related: Issue | None = None
    hidden: bool = False


class Shelf(Protocol):
    """A kind of copies. Raises DeliveryFailed, and Gone for a project that is not there."""

    async def look(self, sheet: Sheet) -> Found: ...

    async def write(self, sheet: Sheet, found: Found, text: str) -> ReviewCopy:
        """Write a text over what was found, or where nothing was, and return the copy as it is now."""
        ...

    def shown(self, text: str) -> str:
        """Return how a text of ours looks there."""
        ...

    def plain(self, line: str) -> str:
        """Return a line from there as it is here."""
        ...


class WikiPages:
    """Pages of the project's wiki. The API has no condition for a write: what is written between the look and
    the write stays in the page's history alone.
    """

    def __init__(self, api: Destination, url: str, project: str) -> None:
        self._api = api
        self._path = f"projects/{quote(project, safe='')}/wikis"
        self._page = f"{url}/{project}/-/wikis"

    def shown(self, text: str) -> str:
        return review_issue.document(text)

    def plain(self, line: str) -> str:
        return view.plain(line)

    async def look(self, sheet: Sheet) -> Found:
        try:
            _, found = await self._api.call("GET", f"{self._path}/{quote(sheet.copy.path, safe='')}")
        except Gone:
            return Found(None)
        return Found(_content(found, "content"))

    async def write(self, sheet: Sheet, found: Found, text: str) -> ReviewCopy:
        copy = sheet.copy
        said = {"title": copy.path, "content": text, "format": "markdown"}
        if found.text is None:
            _, page = await self._api.call("POST", self._path, said=said)
        else:
            path = f"{self._path}/{quote(copy.path, safe='')}"
            _, page = await self._api.call("PUT", path, said=said)
        slug = text_of(page, "slug") if isinstance(page, dict) else ""
        slug = slug if is_page(slug) else copy.path
        return replace(copy, path=slug, url=f"{self._page}/{quote(slug)}")


class MergeRequests:
    """A file on a branch of its own, and the merge request that brings it to the target branch."""

    def __init__(self, api: Destination, url: str, project: str) -> None:
        self._api = api
        self._project = f"projects/{quote(project, safe='')}"
        self._home = f"{url}/{project}"

    def shown(self, text: str) -> str:
        return text

    def plain(self, line: str) -> str:
        return line

    async def look(self, sheet: Sheet) -> Found:
        request = await self._request(sheet)
        number, url = (request["iid"], self._url(request)) if request else (0, "")
        over = bool(request) and request["state"] != "opened"
        begun = not over and await self._there(f"repository/branches/{quote(sheet.copy.branch, safe='')}")
        ref = sheet.copy.branch if begun else await self._target(sheet)
        text, commit = await self._file(sheet.copy.path, ref)
        who = await self._author(sheet.copy.path, ref) if text is not None else SOMEBODY
        return Found(text, who, commit, over, begun, number, url)

    async def write(self, sheet: Sheet, found: Found, text: str) -> ReviewCopy:
        copy, target = sheet.copy, await self._target(sheet)
        if not found.begun or found.text != text:
            await self._commit(sheet, found, text, target)
        if found.number:
            return replace(copy, number=found.number, url=found.url)
        said = {
            "source_branch": copy.branch,
            "target_branch": target,
            "title": review_issue.title(sheet.incident),
            "description": view.described(sheet.incident, sheet.database, related=sheet.related),
            "remove_source_branch": True,
        }
        made = _request(await self._changed("merge_requests", said))
        return replace(copy, number=made["iid"], url=self._url(made))

    def _url(self, request: Mapping[str, Any]) -> str:
        return inside(request["web_url"], self._home, f"{self._home}/-/merge_requests/{request['iid']}")

    async def _commit(self, sheet: Sheet, found: Found, text: str, target: str) -> None:
        action = {"action": "create", "file_path": sheet.copy.path, "content": text}
        if found.text is not None:
            action |= {"action": "update", "last_commit_id": found.commit}
        said: dict[str, Any] = {
            "branch": sheet.copy.branch,
            "commit_message": view.commit_message(sheet.incident, sheet.copy.version, hidden=sheet.hidden),
            "actions": [action],
        }
        if not found.begun:
            said["start_branch"] = target
        await self._changed("repository/commits", said)

    async def _changed(self, path: str, said: Any) -> Any:
        """Change something there. What somebody else did since it was looked at is looked at again."""
        try:
            return (await self._api.call("POST", f"{self._project}/{path}", said=said))[1]
        except Unfit as unfit:
            if not view.overtaken(unfit.reason):
                raise
            raise DeliveryFailed(unfit.reason) from None

    async def _request(self, sheet: Sheet) -> Any:
        """Return the newest merge request of the copy's branch, also one that was made by a call whose answer
        was lost; None where there is none.
        """
        asked = {
            "source_branch": sheet.copy.branch,
            "state": "all",
            "order_by": "created_at",
            "sort": "desc",
            "per_page": "1",
        }
        _, found = await self._api.call("GET", f"{self._project}/merge_requests", asked=asked)
        return next((_request(one) for one in dicts(found)), None)

    async def _target(self, sheet: Sheet) -> str:
        if sheet.target:
            return sheet.target
        _, found = await self._api.call("GET", self._project)
        name = text_of(found, "default_branch") if isinstance(found, dict) else ""
        if not name:
            raise DeliveryFailed(
                "the project has no default branch, since its repository is empty", permanent=True
            )
        return name

    async def _there(self, path: str) -> bool:
        try:
            await self._api.call("GET", f"{self._project}/{path}")
        except Gone:
            return False
        return True

    async def _file(self, path: str, ref: str) -> tuple[str | None, str]:
        where = f"{self._project}/repository/files/{quote(path, safe='')}"
        try:
            _, found = await self._api.call("GET", where, asked={"ref": ref})
        except Gone:
            return None, ""
        try:
            text = base64.b64decode(_content(found, "content")).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise DeliveryFailed("the file there is no text", permanent=True) from None
        return text, text_of(found, "last_commit_id")

    async def _author(self, path: str, ref: str) -> str:
        asked = {"ref_name": ref, "path": path, "per_page": "1"}
        _, found = await self._api.call("GET", f"{self._project}/repository/commits", asked=asked)
        return next((text_of(one, "author_name") for one in dicts(found)), "") or SOMEBODY


def _content(found: Any, name: str) -> str:
    if not isinstance(found, dict) or not isinstance(found.get(name), str):
        raise DeliveryFailed("GitLab answered what is no page and no file", uncertain=True)
    return str(found[name])


def _request(found: Any) -> dict[str, Any]:
    wanted = {"iid": int, "web_url": str, "state": str}
    read = found if isinstance(found, dict) else {}
    known = all(isinstance(read.get(key), kind) for key, kind in wanted.items())
    if not known or not numbered(read["iid"]):
        raise DeliveryFailed("GitLab answered what is no merge request", uncertain=True)
    return read
