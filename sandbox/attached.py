"""Files in conversations: how Slack describes them, and who hears that they are there."""

import mimetypes
from copy import deepcopy

from sandbox.events import emit
from sandbox.state import Channel, Json, StoredFile
from sandbox.workspace import Workspace


def described(ws: Workspace, name: str, size: int, user: str) -> Json:
    """A file that nobody sees yet. Its addresses lead to this sandbox, never to Slack's own host."""
    file_id = ws.ids.new("F")
    kind = name.rpartition(".")[2].lower() if "." in name else "text"
    private = f"{ws.url}/files-pri/{ws.team['id']}-{file_id}/{name}"
    return {
        "id": file_id,
        "created": ws.seconds(),
        "timestamp": ws.seconds(),
        "name": name,
        "title": name,
        "mimetype": mimetypes.guess_type(name)[0] or "application/octet-stream",
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": user,
        "mode": "hosted",
        "size": size,
        "is_external": False,
        "is_public": False,
        "url_private": private,
        "url_private_download": f"{private}?download=1",
        "permalink": f"{ws.url}/files/{user}/{file_id}/{name}",
        "channels": [],
        "groups": [],
        "ims": [],
    }


def shown_in(channel: Channel, files: list[StoredFile]) -> list[Json]:
    """The files as a message in this conversation carries them."""
    for file in files:
        kind = "ims" if channel.im else "groups" if channel.private else "channels"
        file.about[kind].append(channel.id)
        file.about["is_public"] = file.about["is_public"] or kind == "channels"
    return [deepcopy(file.about) for file in files]


def tell(ws: Workspace, channel: Channel, files: list[StoredFile], user: str) -> None:
    for file in files:
        about = {"file_id": file.about["id"], "user_id": user, "channel_id": channel.id}
        emit(ws, {"type": "file_shared", **about, "file": {"id": file.about["id"]}}, channel)
