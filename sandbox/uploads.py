"""The addresses of files: where they are uploaded to, and where they are read from."""

from aiohttp import BodyPartReader, web

from sandbox.state import StoredFile, User
from sandbox.workspace import Workspace


class Uploads:
    def __init__(self, ws: Workspace, bot_token: str) -> None:
        self._ws, self._bot_token = ws, bot_token

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.post("/upload/v1/{key}", self.upload),
            web.get("/files-pri/{file}/{name}", self.private),
            web.get("/ui/file", self.shown),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes, raw or as a form; the address itself is the permission."""
        file = next((one for one in self._ws.files.values() if one.key == request.match_info["key"]), None)
        if file is None or file.complete:
            raise web.HTTPNotFound(text="no such upload")
        content = await _content(request)
        if len(content) != file.about["size"]:
            raise web.HTTPBadRequest(text=f"expected {file.about['size']} bytes, found {len(content)}")
        file.content, file.uploaded = content, True
        return web.Response(text=f"OK - {len(content)}")

    async def private(self, request: web.Request) -> web.Response:
        """What an app may read with its token. Without one Slack leads to its sign-in page."""
        file = self._ws.files.get(request.match_info["file"].rpartition("-")[2])
        if request.headers.get("Authorization") != f"Bearer {self._bot_token}":
            raise web.HTTPFound(f"{self._ws.url}/?redir={request.rel_url.raw_path}")
        if "files:read" not in self._ws.app.scopes:
            raise web.HTTPForbidden(text="missing_scope: files:read")
        if file is None or not file.complete:
            raise web.HTTPNotFound(text="file_not_found")
        return _response(file)

    async def shown(self, request: web.Request) -> web.Response:
        """`/ui/file?user=&id=`: what a person sees of a file in a conversation of theirs."""
        file = self._ws.files.get(request.query.get("id", ""))
        user = self._ws.users.get(request.query.get("user", ""))
        if file is None or user is None or not self._sees(user, file):
            raise web.HTTPNotFound(text="no such file")
        return _response(file)

    def _sees(self, user: User, file: StoredFile) -> bool:
        shared = [*file.about["channels"], *file.about["groups"], *file.about["ims"]]
        rooms = [room for name in shared if (room := self._ws.channels.get(name))]
        return any(not room.private or user.id in room.members for room in rooms)


async def _content(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.filename:
                return bytes(await part.read())
    except (ValueError, LookupError, AssertionError):
        raise web.HTTPBadRequest(text="expected a form") from None
    raise web.HTTPBadRequest(text="the form has no file")


def _response(file: StoredFile) -> web.Response:
    # What was uploaded is never run: an attachment cannot be a page of the sandbox's own.
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=file.content, content_type=file.about["mimetype"], headers=headers)
