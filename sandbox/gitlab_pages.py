"""Pages of the sandbox's GitLab on which people edit a wiki page or a merge request's file, and merge it."""

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any
from urllib.parse import quote, unquote

from aiohttp import web

from sandbox.bodies import form
from sandbox.gitlab_files import Files
from sandbox.state import Json

SOMEBODY = "Somebody"
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/gitlab.css">
<main>{body}</main></html>"""
_BACK = '<p><a href="{at}/-/issues">All of {project}</a></p><h1>{title}</h1>'
_EDITOR = """<form method="post"><input type="hidden" name="path" value="{path}">
<p><label>{label}<br><textarea name="text" rows="24">
{text}</textarea></label></p><button name="do" value="save">Save</button></form>"""
_MERGE = '<form method="post"><button name="do" value="merge">Merge</button></form>'


class FilePages:
    """`at` is the path of the project; `tell` has the app hear of what people do, by a hook of some kind."""

    def __init__(self, files: Files, at: str, tell: Callable[[str, Json], Awaitable[None]]) -> None:
        self._files, self._at, self._tell = files, at, tell

    def routes(self) -> list[web.AbstractRouteDef]:
        wiki, request = f"{self._at}/-/wikis/{{slug:.+}}", f"{self._at}/-/merge_requests/{{iid}}"
        return [
            web.get(wiki, self.show_page),
            web.post(wiki, self.edit_page),
            web.get(request, self.show_request),
            web.post(request, self.change_request),
        ]

    def listed(self) -> str:
        """Return what the project's first page says of the wiki and the merge requests."""
        pages = [f'<li><a href="{self._to(one)}">{escape(one)}</a></li>' for one in self._files.pages]
        requests = [
            f'<li><a href="{escape(one["web_url"])}">{escape(_name(one))}</a> {one["state"]}</li>'
            for one in reversed(self._files.requests.values())
        ]
        both = (("Wiki", pages), ("Merge requests", requests))
        return "".join(f"<h2>{name}</h2><ul>{''.join(of)}</ul>" for name, of in both if of)

    def _to(self, slug: str) -> str:
        return f"{self._at}/-/wikis/{quote(slug)}"

    async def show_page(self, request: web.Request) -> web.Response:
        slug = self._slug(request)
        text = self._files.pages[slug]
        return page(slug, self._head(slug) + _editor("Text", "", text))

    async def edit_page(self, request: web.Request) -> web.Response:
        """Have somebody write a page anew, and tell the app."""
        slug, said = self._slug(request), await form(request)
        self._files.pages[slug] = _written(said)
        about = {"slug": slug, "action": "update", "version_id": self._files.sign("page")}
        await self._tell("Wiki Page Hook", {"object_kind": "wiki_page", "object_attributes": about})
        raise web.HTTPSeeOther(self._to(slug))

    async def show_request(self, request: web.Request) -> web.Response:
        one = self._numbered(request)
        title = _name(one)
        about = f"{one['state']} · {one['source_branch']} into {one['target_branch']}"
        editors = "".join(_editor(path, path, text) for path, text in self._files.brought(one).items())
        parts = [self._head(title), f"<p>{escape(about)}</p>", f"<pre>{escape(one['description'])}</pre>"]
        return page(title, "".join([*parts, _MERGE + editors if one["state"] == "opened" else ""]))

    async def change_request(self, request: web.Request) -> web.Response:
        """Have somebody commit another text, or merge what there is, and tell the app of a commit."""
        one, said = self._numbered(request), await form(request)
        if one["state"] != "opened":
            raise web.HTTPConflict(text="This merge request is over.")
        if said.get("do") == "merge":
            self._files.merge(one["iid"])
            raise web.HTTPSeeOther(one["web_url"])
        path, branch = said.get("path", ""), one["source_branch"]
        if path not in self._files.brought(one):
            raise web.HTTPBadRequest(text="path: expected a file of this merge request")
        self._files.edit(branch, path, _written(said), SOMEBODY)
        pushed = {"object_kind": "push", "ref": f"refs/heads/{branch}", "user_name": SOMEBODY}
        commits = [{"added": [], "modified": [path], "removed": []}]
        await self._tell("Push Hook", {**pushed, "after": self._files.sign("push"), "commits": commits})
        raise web.HTTPSeeOther(one["web_url"])

    def _head(self, title: str) -> str:
        return _BACK.format(at=self._at, project=self._files.project, title=escape(title))

    def _slug(self, request: web.Request) -> str:
        slug = unquote(request.match_info["slug"])
        if slug not in self._files.pages:
            raise web.HTTPNotFound(text="There is no such page.")
        return slug

    def _numbered(self, request: web.Request) -> Json:
        try:
            return self._files.numbered(request)
        except LookupError:
            raise web.HTTPNotFound(text="There is no such merge request.") from None


def page(title: str, body: str) -> web.Response:
    # without a referrer browsers send a form from nowhere, and the guard takes none of those
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    text = _PAGE.format(title=escape(title), body=body)
    return web.Response(text=text, content_type="text/html", headers=headers)


def _name(request: Json) -> str:
    return f"!{request['iid']} {request['title']}"


def _editor(label: str, path: str, text: str) -> str:
    return _EDITOR.format(label=escape(label), path=escape(path), text=escape(text))


def _written(said: dict[str, Any]) -> str:
    text: str = said.get("text", "").replace("\r\n", "\n")
    if said.get("do") != "save" or not text.strip():
        raise web.HTTPBadRequest(text="text: expected some, with do=save")
    return text
