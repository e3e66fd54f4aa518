"""Canvases: who may read and write them, what stands in them, and how files and channels show them."""

from sandbox.canvas_markdown import LARGEST, Unsupported, sections
from sandbox.errors import SlackError
from sandbox.state import Canvas, Channel, Json, Part
from sandbox.workspace import Workspace

LISTED = ("all", "canvas", "canvases")


def make(
    ws: Workspace, owner: str, title: str, markdown: str, channel: Channel | None, *, main: bool
) -> Canvas:
    """A new canvas; in a channel it is a tab that its members may write in."""
    parts = parted(ws, markdown, "canvas_creation_failed")
    canvas = Canvas(
        id=ws.ids.new("F"),
        title=title,
        owner=owner,
        created=ws.seconds(),
        updated=ws.seconds(),
        channel=channel.id if channel else "",
        main=main,
        parts=parts,
        access={channel.id: "write"} if channel else {},
    )
    ws.canvases[canvas.id] = canvas
    shown(ws, canvas)
    return canvas


def parted(ws: Workspace, markdown: str, refusal: str) -> list[Part]:
    """Markdown as sections, each with an id. Raises SlackError with what a canvas does not take."""
    try:
        return [Part(f"temp:C:{ws.ids.secret('s')}", kind, text) for kind, text in sections(markdown)]
    except Unsupported as wrong:
        raise SlackError(refusal, detail=f"'content' error: {wrong}") from None


def replaced(ws: Workspace, canvas: Canvas, parts: list[Part]) -> None:
    """Give a canvas these sections, unless it becomes too large."""
    if sum(len(part.markdown) + 2 for part in parts) > LARGEST:
        raise SlackError("canvas_too_large")
    canvas.parts = parts
    canvas.updated = ws.seconds()
    shown(ws, canvas)


def shown(ws: Workspace, canvas: Canvas) -> None:
    for room in {canvas.channel, *canvas.access} & set(ws.channels):
        ws.changed("conversation", room)


def may(ws: Workspace, user: str, canvas: Canvas, *, write: bool = False) -> bool:
    """Whether somebody may read it, or write in it: as its owner, by name, or as a member of a channel."""
    if canvas.deleted:
        return False
    rooms = [room for name in canvas.access if (room := ws.channels.get(name)) and user in room.members]
    levels = {canvas.access.get(user, ""), *(canvas.access[room.id] for room in rooms)}
    return user == canvas.owner or "write" in levels or (not write and "read" in levels)


def tabs(ws: Workspace, channel: Channel) -> list[Canvas]:
    return [one for one in ws.canvases.values() if one.channel == channel.id and not one.deleted]


def properties(ws: Workspace, channel: Channel) -> Json:
    """How `conversations.info` tells of a channel's canvases."""
    found = tabs(ws, channel)
    if not found:
        return {}
    about: Json = {
        "tabs": [
            {
                "id": f"Ct{canvas.id[1:]}",
                "label": "" if canvas.main else canvas.title,
                "type": "channel_canvas" if canvas.main else "canvas",
                "data": {"file_id": canvas.id, "shared_ts": f"{canvas.created}.000000"},
            }
            for canvas in found
        ]
    }
    for canvas in found:
        if canvas.main:
            thread = f"Q{canvas.id[1:]}"
            about["canvas"] = {
                "file_id": canvas.id,
                "is_empty": not canvas.parts,
                "quip_thread_id": thread,
            }
    return {"properties": about}


def as_file(ws: Workspace, canvas: Canvas) -> Json:
    """A canvas as the methods of files describe it."""
    rooms = [ws.channels[name] for name in canvas.access if name in ws.channels]
    title = canvas.title or "Untitled"
    private = f"{ws.url}/files-pri/{ws.team['id']}-{canvas.id}/canvas"
    return {
        "id": canvas.id,
        "created": canvas.created,
        "timestamp": canvas.created,
        "updated": canvas.updated,
        "name": title.replace(" ", "_"),
        "title": title,
        "mimetype": "application/vnd.slack-docs",
        "filetype": "quip",
        "pretty_type": "Canvas",
        "user": canvas.owner,
        "mode": "quip",
        "editable": True,
        "size": len(canvas.markdown.encode()),
        "is_external": False,
        "is_public": any(not room.private for room in rooms),
        "url_private": private,
        "url_private_download": f"{private}?download=1",
        "permalink": f"https://{ws.team['domain']}.slack.com/docs/{ws.team['id']}/{canvas.id}",
        "channels": [room.id for room in rooms if not room.private],
        "groups": [room.id for room in rooms if room.private],
        "ims": [],
    }


def seen(ws: Workspace, user: str, channel: Channel) -> list[Json]:
    """The tabs of a channel as a person sees them, and whether they may write in them."""
    return [
        {
            "id": canvas.id,
            "title": canvas.title or "Untitled",
            "writes": may(ws, user, canvas, write=True),
            "text": canvas.markdown,
            "parts": [{"kind": part.kind, "markdown": part.markdown} for part in canvas.parts],
        }
        for canvas in tabs(ws, channel)
        if may(ws, user, canvas)
    ]
