"""Canvases, as people write in them and delete them."""

from sandbox import canvases
from sandbox.acts.acting import Acting
from sandbox.errors import SlackError
from sandbox.state import Canvas, Json


def _canvas(acting: Acting, given: Json) -> Canvas:
    canvas = acting.ws.canvases.get(given["canvas"])
    if canvas is None or not canvases.may(acting.ws, acting.user.id, canvas):
        raise SlackError("canvas_not_found")
    return canvas


async def write(acting: Acting, given: Json) -> Json:
    """Add Markdown at the end."""
    canvas = _canvas(acting, given)
    if not canvases.may(acting.ws, acting.user.id, canvas, write=True):
        raise SlackError("restricted_action")
    added = canvases.parted(acting.ws, given["text"], "canvas_editing_failed")
    canvases.replaced(acting.ws, canvas, [*canvas.parts, *added])
    return {}


async def delete(acting: Acting, given: Json) -> Json:
    """Its owner may, and an administrator."""
    canvas = _canvas(acting, given)
    if canvas.owner != acting.user.id and not acting.user.admin:
        raise SlackError("restricted_action")
    canvas.deleted = True
    canvases.shown(acting.ws, canvas)
    return {}
