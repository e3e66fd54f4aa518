"""files.*: an address to upload to, the upload, and sharing what was uploaded."""

from typing import Any

from sandbox import canvases
from sandbox.attached import described, shown_in, tell
from sandbox.call import Call
from sandbox.errors import SlackError, invalid_arguments
from sandbox.messages import from_bot, post
from sandbox.methods.chat import thread_of
from sandbox.state import Channel, Json, StoredFile

MOST_ALT_TEXT = 1_000
MOST_CHANNELS = 100
MOST_LISTED = 200
TYPES = ("all", "canvas", "canvases", "gdocs", "images", "pdfs", "snippets", "spaces", "zips")


def upload_url(call: Call) -> Json:
    ws = call.ws
    try:
        length = int(call.text("length"))
    except ValueError:
        raise invalid_arguments("must be an integer [json-pointer:/length]") from None
    if length < 1:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    if len(call.text("alt_txt")) > MOST_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    about = described(ws, call.text("filename"), length, call.bot)
    file_id = about["id"]
    if alt := call.text("alt_txt"):
        about["alt_txt"] = alt
    ws.files[file_id] = StoredFile(about, ws.ids.secret())
    return {"upload_url": f"{ws.url}/upload/v1/{ws.files[file_id].key}", "file_id": file_id}


def complete(call: Call) -> Json:
    wanted = _wanted(call)
    channels = [_room(call, name) for name in _names(call)]
    for file, title in wanted:
        file.complete = True
        file.about["title"] = title or file.about["title"]
    for channel in channels:
        _share(call, channel, [file for file, _ in wanted])
    return {"files": [file.about for file, _ in wanted]}


def _wanted(call: Call) -> list[tuple[StoredFile, str]]:
    given: Any = call.parsed("files", "invalid_arguments")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise invalid_arguments("must be a list of objects with an id [json-pointer:/files]")
    found = []
    for one in given:
        file = call.ws.files.get(str(one.get("id")))
        if file is None or not file.uploaded or file.complete:
            raise SlackError("file_not_found")
        found.append((file, str(one.get("title") or "")))
    return found


def _names(call: Call) -> list[str]:
    names = call.names("channels") or ([call.text("channel_id")] if call.text("channel_id") else [])
    if len(names) > MOST_CHANNELS:
        raise SlackError("channels_limit_exceeded")
    return names


def _room(call: Call, name: str) -> Channel:
    return Call(call.ws, call.method, {"channel": name}).joined()


def _share(call: Call, channel: Channel, files: list[StoredFile]) -> None:
    message = {"subtype": "file_share", "upload": True, "text": call.text("initial_comment")}
    message |= {"files": shown_in(channel, files), **thread_of(call, channel)}
    if (blocks := call.parsed("blocks", "invalid_blocks")) and not message["text"]:
        message["blocks"] = blocks
    post(call.ws, channel, from_bot(call.ws, message))
    tell(call.ws, channel, files, call.bot)


def info(call: Call) -> Json:
    if canvas := call.ws.canvases.get(call.text("file")):
        if canvas.deleted:
            raise SlackError("file_deleted")
        if not canvases.may(call.ws, call.bot, canvas):
            raise SlackError("file_not_found")
        about = canvases.as_file(call.ws, canvas)
    else:
        file = call.ws.files.get(call.text("file"))
        if file is None or not file.complete:
            raise SlackError("file_not_found")
        about = file.about
    return {"file": about, "comments": [], "response_metadata": {"next_cursor": ""}}


def listed(call: Call) -> Json:
    """Files that the app sees, newest first. Pages are counted, not walked by cursors."""
    ws, types = call.ws, call.names("types") or ["all"]
    if any(one not in TYPES for one in types):
        raise SlackError("unknown_type")
    if call.text("user") and call.text("user") not in ws.users:
        raise SlackError("user_not_found")
    every = [canvases.as_file(ws, one) for one in ws.canvases.values() if canvases.may(ws, call.bot, one)]
    every += [file.about for file in ws.files.values() if file.complete and "all" in types]
    shown = [one for one in every if _wanted_in_list(call, types, one)]
    shown.sort(key=lambda one: one["created"], reverse=True)
    count, page = call.number("count", 100, MOST_LISTED), call.number("page", 1, 100)
    start = (page - 1) * count
    pages = -(-len(shown) // count)
    paging = {"count": count, "total": len(shown), "page": page, "pages": pages}
    return {"files": shown[start : start + count], "paging": paging}


def _wanted_in_list(call: Call, types: list[str], about: Json) -> bool:
    rooms = [*about["channels"], *about["groups"], *about["ims"]]
    since, until = (float(call.text(name) or default) for name, default in (("ts_from", 0), ("ts_to", "inf")))
    return (
        (about["filetype"] != "quip" or bool(set(types) & set(canvases.LISTED)))
        and (not call.text("channel") or call.text("channel") in rooms)
        and (not call.text("user") or call.text("user") == about["user"])
        and since <= about["created"] <= until
    )
