"""Pictures of pinned messages: shown to whoever may know of their incident, and deleted."""

from aiohttp import web

from bot.domain.errors import NotFound
from bot.domain.rights import Right
from bot.domain.timeline.pictures import Picture
from bot.operations.rights import visible
from bot.operations.timeline.pictures import delete_picture
from bot.views.browser.rendering import HEADERS, Viewer
from handlers.browser.incident import PATH, named, which
from handlers.browser.site import Form, Site
from storage import incidents, pictures
from storage.transaction import Tx

PICTURE_PATH = f"{PATH}/pictures/{{picture}}"
DELETE_PATH = f"{PICTURE_PATH}/delete"


class PicturePages:
    """Shows our copies. What is sent is a picture by its bytes, and no browser takes it for a page."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [
            self._site.get(PICTURE_PATH, self.show),
            self._site.get(DELETE_PATH, self.ask),
            self._site.post(DELETE_PATH, self.delete),
        ]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        number = named(request, "picture")
        kind, content = await self._site.uow.read(_content, which(request), number, viewer.person)
        name = f"picture-{number}.{kind.rpartition('/')[2]}"
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=content, content_type=kind, headers=headers)

    async def ask(self, request: web.Request, viewer: Viewer) -> web.Response:
        """Ask whether our copy is to be deleted: nothing brings it back."""
        number, incident = named(request, "picture"), which(request)
        picture = await self._site.uow.read(_deletable, incident, number, viewer.person)
        title = f"Delete our copy of a picture of INC-{incident}"
        return self._site.render("picture.html", viewer, title=title, number=incident, picture=picture)

    async def delete(self, request: web.Request, viewer: Viewer, _: Form) -> web.Response:
        number = which(request)
        await self._site.uow.perform(delete_picture, number, named(request, "picture"), by=viewer.person)
        return self._site.go(f"/incidents/INC-{number}#timeline")


def _content(tx: Tx, incident_id: int, picture_id: int, viewer: str) -> tuple[str, bytes]:
    incident = incidents.visible(tx, incident_id, viewer)
    picture = pictures.shown(tx, incident.id, picture_id)
    if not picture or not picture.kept:
        raise NotFound("picture", picture_id)
    return picture.kind, pictures.content(tx, picture.id)


def _deletable(tx: Tx, incident_id: int, picture_id: int, viewer: str) -> Picture:
    incident = visible(tx, incident_id, viewer, Right.PIN)
    picture = pictures.shown(tx, incident.id, picture_id)
    if not picture:
        raise NotFound("picture", picture_id)
    return picture
