"""files.*: an address to upload to, the upload, and sharing what was uploaded."""

from typing import Any

from sandbox.attached import described, shown_in, tell
from sandbox.call import Call
from sandbox.errors import SlackError, invalid_arguments
from sandbox.messages import from_bot, post
from sandbox.methods.chat import thread_of
from sandbox.state import Channel, Json, StoredFile

MOST_ALT_TEXT = 1_000
MOST_CHANNELS = 100


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
    file = call.ws.files.get(call.text("file"))
    if file is None or not file.complete:
        raise SlackError("file_not_found")
    return {"file": file.about, "comments": [], "response_metadata": {"next_cursor": ""}}
