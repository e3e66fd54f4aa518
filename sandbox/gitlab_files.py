"""The wiki, the repository and the merge requests of the sandbox's GitLab: paths, verbs, fields, checks and
errors are those of GitLab's REST API, version 4.
"""

import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from aiohttp import web

from sandbox.bodies import json_object
from sandbox.state import Json

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]
COMMIT = {"branch", "start_branch", "commit_message", "actions", "author_name", "author_email", "force"}
ACTION = {"action", "file_path", "content", "encoding", "last_commit_id"}
REQUEST = {"source_branch", "target_branch", "title", "description", "remove_source_branch", "labels"}
PAGE = {"title", "content", "format"}


class Refusal(Exception):
    def __init__(self, status: int, message: Any) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Files:
    """The wiki `pages` by their slug, and the files of each branch with the commit that changed each last."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.url = ""
        self.pages: dict[str, str] = {}
        self.branches: dict[str, dict[str, tuple[str, str]]] = {"main": {"README.md": ("# Ours\n", "c0")}}
        self.commits: list[dict[str, Any]] = []
        self.requests: dict[int, dict[str, Any]] = {}
        self.protected: set[str] = set()
        self._done = 0

    def calls(self, base: str) -> list[tuple[str, str, Handler]]:
        """Return verb, path and handler of each call, for a project whose path is `base`."""
        calls: list[tuple[str, str, Handler]] = [
            ("GET", f"{base}/wikis/{{slug}}", self._page),
            ("POST", f"{base}/wikis", self._new_page),
            ("PUT", f"{base}/wikis/{{slug}}", self._edit_page),
            ("GET", f"{base}/repository/branches/{{branch}}", self._branch),
            ("GET", f"{base}/repository/files/{{path}}", self._file),
            ("GET", f"{base}/repository/commits", self._log),
            ("POST", f"{base}/repository/commits", self._commit),
            ("GET", f"{base}/merge_requests", self._list),
            ("POST", f"{base}/merge_requests", self._open),
            ("GET", f"{base}/merge_requests/{{iid}}", self._request),
        ]
        return [(verb, path, _answered(handler)) for verb, path, handler in calls]

    @property
    def said(self) -> str:
        """Return all that anybody reads there now."""
        files = [text for files in self.branches.values() for text, _ in files.values()]
        requests = [f"{one['title']}\n{one['description']}" for one in self.requests.values()]
        return "\n".join([*self.pages.values(), *files, *requests, *(one["message"] for one in self.commits)])

    def edit(self, branch: str, path: str, text: str, who: str = "Sam Sample") -> None:
        """Have somebody commit a text."""
        action = {"action": "update", "file_path": path, "content": text}
        self._committed(branch, self._changed(self.branches[branch], [action]), "Edit", who)

    def merge(self, iid: int) -> None:
        """Have somebody merge a request, which takes its branch away."""
        request = self.requests[iid]
        self.branches[request["target_branch"]] |= self.branches.pop(request["source_branch"])
        request["state"] = "merged"

    def brought(self, one: Json) -> dict[str, str]:
        """Return the texts by their path that a merge request brings."""
        target, source = (self.branches.get(one[key], {}) for key in ("target_branch", "source_branch"))
        return {path: text for path, (text, commit) in source.items() if target.get(path) != (text, commit)}

    def sign(self, what: str) -> str:
        """Return a name for something that people did, which no other has."""
        self._done += 1
        return f"{what}-{self._done}"

    # What an app calls

    async def _page(self, request: web.Request) -> web.Response:
        return web.json_response(self.page_shown(_slug(request)))

    def page_shown(self, slug: str) -> Json:
        """Return a page as GitLab answers it."""
        title = slug.rpartition("/")[2].replace("-", " ")
        about = {"format": "markdown", "slug": slug, "title": title, "encoding": "UTF-8"}
        return {"content": self.pages[slug], **about}

    def request_shown(self, one: Json) -> Json:
        """Return a merge request as GitLab answers it."""
        return one

    async def _new_page(self, request: web.Request) -> web.Response:
        said = await self.read(request, PAGE)
        slug = _text(said, "title").replace(" ", "-")
        if slug in self.pages:
            raise Refusal(422, "Duplicate page: A page with that title already exists")
        self.pages[slug] = _text(said, "content")
        return web.json_response(self.page_shown(slug), status=201)

    async def _edit_page(self, request: web.Request) -> web.Response:
        said, slug = await self.read(request, PAGE), _slug(request)
        if not {"title", "content"} & {*said}:
            raise Refusal(400, "title, content are missing, at least one parameter must be provided")
        if slug not in self.pages:
            raise Refusal(404, "404 Wiki Page Not Found")
        said = {"title": slug, "content": self.pages[slug], **said}
        title, text = _text(said, "title"), _text(said, "content")
        del self.pages[slug]
        slug = title.replace(" ", "-")
        self.pages[slug] = text
        return web.json_response(self.page_shown(slug))

    async def _branch(self, request: web.Request) -> web.Response:
        name = unquote(request.match_info["branch"])
        self.branches[name]
        return web.json_response({"name": name, "merged": False})

    async def _file(self, request: web.Request) -> web.Response:
        path, ref = unquote(request.match_info["path"]), _text(request.query, "ref")
        text, commit = self.branches[ref][path]
        return web.json_response(
            {
                "file_path": path,
                "encoding": "base64",
                "content": base64.b64encode(text.encode()).decode(),
                "content_sha256": hashlib.sha256(text.encode()).hexdigest(),
                "ref": ref,
                "last_commit_id": commit,
            }
        )

    async def _log(self, request: web.Request) -> web.Response:
        ref, path = _text(request.query, "ref_name"), _text(request.query, "path")
        last = self.branches[ref].get(path, ("", ""))[1]
        found = [one for one in self.commits[::-1] if one["id"] == last]
        return web.json_response(found[: _most(request)])

    async def _commit(self, request: web.Request) -> web.Response:
        said = await self.read(request, COMMIT)
        branch, message, actions = _text(said, "branch"), _text(said, "commit_message"), said.get("actions")
        if not isinstance(actions, list) or not all(isinstance(one, dict) for one in actions):
            raise Refusal(400, "actions is invalid")
        files = self._changed(self._begun(branch, said.get("start_branch")), actions)
        return web.json_response(self._committed(branch, files, message, "Muster"), status=201)

    def _begun(self, branch: str, start: Any) -> dict[str, tuple[str, str]]:
        """Return the files that a commit on a branch begins with."""
        if branch in self.protected:
            raise Refusal(403, "You are not allowed to push into this branch")
        if start is not None:
            if branch in self.branches:
                raise Refusal(400, f"A branch called '{branch}' already exists. Switch to that branch")
            if not isinstance(start, str) or start not in self.branches:
                raise Refusal(400, "Invalid reference name")
            return self.branches[start]
        if branch not in self.branches:
            raise Refusal(400, "You can only create or edit files when you are on a branch")
        return self.branches[branch]

    def _changed(
        self, before: Mapping[str, tuple[str, str]], actions: list[Json]
    ) -> dict[str, tuple[str, str]]:
        """Return the files after a commit: all of its actions, or none."""
        files, commit = dict(before), f"c{len(self.commits) + 1}"
        for one in actions:
            path, action = _text(one, "file_path"), one.get("action")
            there = files.get(path)
            if action not in {"create", "update"}:
                raise Refusal(400, "actions[0][action] does not have a valid value")
            if action == "create" and there:
                raise Refusal(400, "A file with this name already exists")
            if action == "update" and not there:
                raise Refusal(400, "A file with this name doesn't exist")
            if there and "last_commit_id" in one and one["last_commit_id"] != there[1]:
                raise Refusal(400, f"The file has changed since you started editing it: {path}")
            files[path] = (_text(one, "content"), commit)
        return files

    def _committed(self, branch: str, files: dict[str, tuple[str, str]], message: str, who: str) -> Json:
        self.branches[branch] = files
        made = {"id": f"c{len(self.commits) + 1}", "message": message, "author_name": who}
        self.commits.append(made)
        return made

    async def _list(self, request: web.Request) -> web.Response:
        found = self.found(_text(request.query, "source_branch"), request.query.get("state", "all"))
        return web.json_response(found[: _most(request)])

    def found(self, branch: str, state: str) -> list[Json]:
        """Return the merge requests of a branch, the newest first."""
        of = [one for one in reversed(self.requests.values()) if one["source_branch"] == branch]
        return [self.request_shown(one) for one in of if state in ("all", one["state"])]

    async def _open(self, request: web.Request) -> web.Response:
        said = await self.read(request, REQUEST)
        source, target, iid = (
            _text(said, "source_branch"),
            _text(said, "target_branch"),
            len(self.requests) + 1,
        )
        _text(said, "title")
        for other in self.requests.values():
            if other["source_branch"] == source and other["state"] == "opened":
                why = f"Another open merge request already exists for this source branch: !{other['iid']}"
                raise Refusal(409, [why])
        if source not in self.branches or target not in self.branches:
            raise Refusal(400, {"base": ["Source branch does not exist"]})
        url = f"{self.url}/{self.project}/-/merge_requests/{iid}"
        of = {"iid": iid, "id": 900 + iid, "state": "opened", "web_url": url}
        self.requests[iid] = {"description": "", **said, **of}
        return web.json_response(self.request_shown(self.requests[iid]), status=201)

    async def _request(self, request: web.Request) -> web.Response:
        return web.json_response(self.request_shown(self.numbered(request)))

    def numbered(self, request: web.Request) -> Json:
        """Return the merge request that the path names. Raises LookupError."""
        number = request.match_info["iid"]
        return self.requests[int(number) if number.isascii() and number.isdigit() else 0]

    async def read(self, request: web.Request, fields: set[str]) -> Json:
        """Return what is said of the `fields` that there are; GitLab ignores others."""
        said = await json_object(request)
        return {key: said[key] for key in said if key in fields}


def _answered(handler: Handler) -> Handler:
    """Return a handler that answers what is refused, as GitLab does."""

    async def answered(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except Refusal as refusal:
            return web.json_response({"message": refusal.message}, status=refusal.status)

    return answered


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    if not isinstance(value, str) or not value:
        raise Refusal(400, f"{key} is missing")
    return value


def _most(request: web.Request) -> int:
    given = request.query.get("per_page", "20")
    return int(given) if given.isascii() and given.isdigit() else 20


def _slug(request: web.Request) -> str:
    return unquote(request.match_info["slug"])
