"""The wiki, the repository and the merge requests of a small GitLab: paths, verbs, fields, checks and errors
are those of GitLab's REST API, version 4.
"""

import base64
import hashlib
import re
from typing import Any
from urllib.parse import unquote

from aiohttp import web

_COMMIT = {"branch", "start_branch", "commit_message", "actions", "author_name", "author_email", "force"}
_ACTION = {"action", "file_path", "content", "encoding", "last_commit_id"}
_REQUEST = {"source_branch", "target_branch", "title", "description", "remove_source_branch", "labels"}
_COMMAND = re.compile(r"^/(close|merge|title|label|assign)\b", re.MULTILINE)


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
        self.lies: dict[str, Any] = {}
        """What each answer of a merge request or page says instead of the truth."""
        self.always: list[dict[str, Any]] = []
        """The merge requests of every branch, if there are any."""

    def routes(self, api: str) -> list[web.RouteDef]:
        base = f"{api}/projects/{{project}}"
        return [
            web.get(f"{base}/wikis/{{slug}}", self._page),
            web.post(f"{base}/wikis", self._new_page),
            web.put(f"{base}/wikis/{{slug}}", self._edit_page),
            web.get(f"{base}/repository/branches/{{branch}}", self._branch),
            web.get(f"{base}/repository/files/{{path}}", self._file),
            web.get(f"{base}/repository/commits", self._log),
            web.post(f"{base}/repository/commits", self._commit),
            web.get(f"{base}/merge_requests", self._list),
            web.post(f"{base}/merge_requests", self._open),
            web.get(f"{base}/merge_requests/{{iid}}", self._request),
        ]

    @property
    def said(self) -> str:
        """Return all that anybody reads there now."""
        files = [text for files in self.branches.values() for text, _ in files.values()]
        requests = [f"{one['title']}\n{one['description']}" for one in self.requests.values()]
        return "\n".join([*self.pages.values(), *files, *requests, *(one["message"] for one in self.commits)])

    def edit(self, branch: str, path: str, text: str, who: str = "Sam Sample") -> None:
        """Have somebody commit a text."""
        self._committed(branch, [{"action": "update", "file_path": path, "content": text}], "Edit", who)

    def merge(self, iid: int) -> None:
        """Have somebody merge a request, which takes its branch away."""
        request = self.requests[iid]
        self.branches[request["target_branch"]] |= self.branches.pop(request["source_branch"])
        request["state"] = "merged"

    async def _page(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown(_slug(request)))

    def _shown(self, slug: str) -> dict[str, Any]:
        title = slug.rpartition("/")[2].replace("-", " ")
        return {
            "content": self.pages[slug],
            "format": "markdown",
            "slug": slug,
            "title": title,
            "encoding": "UTF-8",
            **self.lies,
        }

    async def _new_page(self, request: web.Request) -> web.Response:
        said = await _said(request, {"title", "content", "format"})
        if not said.get("title") or not said.get("content"):
            return _error(400, {"error": "title is missing, content is missing"})
        slug = said["title"].replace(" ", "-")
        if slug in self.pages:
            return _error(422, {"message": "Duplicate page: A page with that title already exists"})
        self.pages[slug] = said["content"]
        return web.json_response(self._shown(slug), status=201)

    async def _edit_page(self, request: web.Request) -> web.Response:
        said, slug = await _said(request, {"title", "content", "format"}), _slug(request)
        if not {"title", "content"} & {*said}:
            return _error(
                400, {"error": "title, content are missing, at least one parameter must be provided"}
            )
        if slug not in self.pages:
            return _error(404, {"message": "404 Wiki Page Not Found"})
        text = self.pages.pop(slug)
        slug = said.get("title", slug).replace(" ", "-")
        self.pages[slug] = said.get("content", text)
        return web.json_response(self._shown(slug))

    async def _branch(self, request: web.Request) -> web.Response:
        name = unquote(request.match_info["branch"])
        self.branches[name]
        return web.json_response({"name": name, "merged": False})

    async def _file(self, request: web.Request) -> web.Response:
        path = unquote(request.match_info["path"])
        text, commit = self.branches[request.query["ref"]][path]
        content = base64.b64encode(text.encode()).decode()
        sha = hashlib.sha256(text.encode()).hexdigest()
        return web.json_response(
            {
                "file_path": path,
                "encoding": "base64",
                "content": content,
                "content_sha256": sha,
                "ref": request.query["ref"],
                "last_commit_id": commit,
            }
        )

    async def _log(self, request: web.Request) -> web.Response:
        ref, path = request.query["ref_name"], request.query["path"]
        last = self.branches[ref].get(path, ("", ""))[1]
        found = [one for one in self.commits[::-1] if one["id"] == last]
        return web.json_response(found[: int(request.query["per_page"])])

    async def _commit(self, request: web.Request) -> web.Response:
        said = await _said(request, _COMMIT)
        try:
            branch = self._begun(said)
            made = self._committed(branch, said["actions"], said["commit_message"], "Muster")
        except Refusal as refusal:
            return _error(refusal.status, {"message": refusal.message})
        return web.json_response(made, status=201)

    def _begun(self, said: dict[str, Any]) -> str:
        branch = str(said["branch"])
        if branch in self.protected:
            raise Refusal(403, "You are not allowed to push into this branch")
        if "start_branch" in said:
            if branch in self.branches:
                raise Refusal(400, f"A branch called '{branch}' already exists. Switch to that branch")
            if said["start_branch"] not in self.branches:
                raise Refusal(400, "Invalid reference name")
            self.branches[branch] = dict(self.branches[said["start_branch"]])
        if branch not in self.branches:
            raise Refusal(400, "You can only create or edit files when you are on a branch")
        return branch

    def _committed(
        self, branch: str, actions: list[dict[str, Any]], message: str, who: str
    ) -> dict[str, Any]:
        files = self.branches[branch]
        commit = f"c{len(self.commits) + 1}"
        for one in actions:
            assert {*one} <= _ACTION
            path, there = one["file_path"], files.get(one["file_path"])
            if one["action"] == "create" and there:
                raise Refusal(400, "A file with this name already exists")
            if one["action"] == "update" and not there:
                raise Refusal(400, "A file with this name doesn't exist")
            if there and "last_commit_id" in one and one["last_commit_id"] != there[1]:
                raise Refusal(400, f"The file has changed since you started editing it: {path}")
            files[path] = (one["content"], commit)
        made = {"id": commit, "message": message, "author_name": who}
        self.commits.append(made)
        return made

    async def _list(self, request: web.Request) -> web.Response:
        asked = request.query
        if self.always:
            return web.json_response(self.always)
        found = [one for one in self.requests.values() if one["source_branch"] == asked["source_branch"]]
        if asked.get("state", "all") != "all":
            found = [one for one in found if one["state"] == asked["state"]]
        found = [{**one, **self.lies} for one in found]
        return web.json_response(found[::-1][: int(asked.get("per_page", "20"))])

    async def _open(self, request: web.Request) -> web.Response:
        said = await _said(request, _REQUEST)
        source, iid = said["source_branch"], len(self.requests) + 1
        for other in self.requests.values():
            if other["source_branch"] == source and other["state"] == "opened":
                why = f"Another open merge request already exists for this source branch: !{other['iid']}"
                return _error(409, {"message": [why]})
        if source not in self.branches or said["target_branch"] not in self.branches:
            return _error(400, {"message": {"base": ["Source branch does not exist"]}})
        if _COMMAND.search(said.get("description", "")):
            return _error(400, {"message": "it commands"})
        self.requests[iid] = {
            **said,
            "iid": iid,
            "id": 900 + iid,
            "state": "opened",
            "web_url": f"{self.url}/{self.project}/-/merge_requests/{iid}",
        }
        return web.json_response({**self.requests[iid], **self.lies}, status=201)

    async def _request(self, request: web.Request) -> web.Response:
        return web.json_response(self.requests[int(request.match_info["iid"])])


def _slug(request: web.Request) -> str:
    return unquote(request.match_info["slug"])


async def _said(request: web.Request, fields: set[str]) -> dict[str, Any]:
    """Return what is said. GitLab ignores a field that it does not know; here that is our mistake."""
    said: dict[str, Any] = await request.json()
    assert {*said} <= fields, {*said} - fields
    return said


def _error(status: int, said: dict[str, Any]) -> web.Response:
    return web.json_response(said, status=status)
