"""Keeps a workspace in a file, so that the next run goes on where this one ended.

Kept is what Slack would still know tomorrow: people, conversations, messages, files, Home tabs; and phones.
Open forms, messages that only one person saw, and deliveries that wait are gone, as after a restart of one's
own Slack.
"""

import asyncio
import base64
import json
import logging
import os
from datetime import datetime
from pathlib import Path

from sandbox.errors import Unusable
from sandbox.files import read_text
from sandbox.state import (
    SLACKBOT,
    Canvas,
    Channel,
    Group,
    Hook,
    Json,
    Note,
    Notification,
    Part,
    Phone,
    Pin,
    Scheduled,
    StoredFile,
    Text,
    User,
    View,
)
from sandbox.workspace import Workspace

log = logging.getLogger(__name__)
FORMAT = 1
EVERY = 2.0
MOST_NOTIFICATIONS = 1_000
LARGEST = 500_000_000
"""Bytes. Files that people upload are in it."""
LAST_YEAR = 9000
"""Deadlines are counted from the time that was kept, and a date ends with the year 9999."""


def read_kept(path: Path) -> Json | None:
    """What is kept there; None when nothing is. Raises Unusable."""
    if not path.exists():
        return None
    try:
        kept = json.loads(read_text(path, LARGEST))
    except (ValueError, RecursionError) as error:
        raise Unusable(
            f"{path}: cannot be read as a kept sandbox ({error}). Move it away to begin anew"
        ) from None
    version = kept.get("muster_sandbox") if isinstance(kept, dict) else None
    if not isinstance(version, int):
        raise Unusable(f"{path}: is no kept sandbox. Choose another file")
    if version > FORMAT:
        raise Unusable(
            f"{path}: was kept by a newer sandbox (format {version}; this one reads {FORMAT}). "
            "Use the newer one, or move the file away to begin anew"
        )
    try:
        _restored(kept)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unusable(f"{path}: is damaged ({error!r}). Move it away to begin anew") from None
    return kept  # type: ignore[no-any-return]


def as_text(ws: Workspace, credentials: dict[str, str] | None = None) -> str:
    """Everything that is kept. Values are written as they are, as copying them first takes long."""
    return json.dumps({**snapshot(ws), "credentials": credentials or {}}, default=vars)


def snapshot(ws: Workspace) -> Json:
    return {
        "muster_sandbox": FORMAT,
        "now": ws.clock.now().isoformat(),
        "ids": ws.ids.state,
        "team": ws.team,
        "users": list(ws.users.values()),
        "groups": list(ws.groups.values()),
        "channels": [{**vars(channel), "ephemerals": []} for channel in ws.channels.values()],
        "hooks": {key: {**vars(hook), "issued": hook.issued.isoformat()} for key, hook in ws.hooks.items()},
        "chosen": [[*key, values] for key, values in ws.chosen.items()],
        "notified": ws.notified[-MOST_NOTIFICATIONS:],
        "scheduled": list(ws.scheduled.values()),
        "files": [
            {**vars(file), "content": base64.b64encode(file.content).decode()} for file in ws.files.values()
        ],
        "phones": ws.phones,
        "canvases": ws.canvases,
    }


def restore(ws: Workspace, kept: Json) -> None:
    """Put what `read_kept` gave into a new workspace. The app is the manifest's, whatever it was then."""
    bot, slackbot = ws.users[ws.app.user_id], ws.users[SLACKBOT]
    state = _restored(kept)
    ws.ids.state = kept["ids"]
    vars(ws).update(state)
    known = ws.users.get(ws.app.user_id)
    ws.users[ws.app.user_id] = bot
    if known:
        bot.home = known.home
    # Older files do not know Slackbot.
    ws.users.setdefault(SLACKBOT, slackbot)
    ws.notified.clear()
    ws.notified.extend(Notification(**one) for one in kept["notified"])
    ws.index_notified()


def _restored(kept: Json) -> Json:
    """The parts of the workspace, each under its name."""
    now = datetime.fromisoformat(kept["now"])
    if now.tzinfo is None or now.year > LAST_YEAR:
        raise ValueError("now")
    if not all(isinstance(one, str) for one in kept.get("credentials", {}).values()):
        raise ValueError("credentials")
    run, count, last = kept["ids"]
    if not (isinstance(run, str) and isinstance(count, int) and isinstance(last, int)):
        raise ValueError("ids")
    return {
        "team": dict(kept["team"]),
        "users": {one["id"]: _user(one) for one in kept["users"]},
        "groups": {one["id"]: Group(**one) for one in kept["groups"]},
        "channels": {one["id"]: _channel(one) for one in kept["channels"]},
        "hooks": {key: _hook(one) for key, one in kept["hooks"].items()},
        "chosen": {(channel, ts, user): values for channel, ts, user, values in kept["chosen"]},
        "scheduled": {one["id"]: Scheduled(**one) for one in kept["scheduled"]},
        "files": {one["about"]["id"]: _file(one) for one in kept["files"]},
        # Older files know of no phones, and of no canvases.
        "phones": {key: _phone(one) for key, one in kept.get("phones", {}).items()},
        "canvases": {key: _canvas(one) for key, one in kept.get("canvases", {}).items()},
    }


def _user(given: Json) -> User:
    return User(**{**given, "home": View(**given["home"]) if given["home"] else None})


def _channel(given: Json) -> Channel:
    notes = {name: Note(**given[name]) for name in ("topic", "purpose")}
    pins = {ts: Pin(**pinned) for ts, pinned in given["pins"].items()}
    return Channel(**{**given, **notes, "pins": pins})


def _hook(given: Json) -> Hook:
    return Hook(**{**given, "issued": datetime.fromisoformat(given["issued"])})


def _phone(given: Json) -> Phone:
    return Phone(**{**given, "texts": [Text(**text) for text in given["texts"]]})


def _canvas(given: Json) -> Canvas:
    return Canvas(**{**given, "parts": [Part(**part) for part in given["parts"]]})


def _file(given: Json) -> StoredFile:
    return StoredFile(**{**given, "content": base64.b64decode(given["content"])})


class Keeper:
    """Writes the state every few seconds if people saw something change, and at the end."""

    def __init__(self, ws: Workspace, path: Path, credentials: dict[str, str] | None = None) -> None:
        self._ws, self._path, self._credentials = ws, path, credentials
        self._changed = False
        self._task: asyncio.Task[None] | None = None
        ws.watchers.append(self._notice)

    def start(self) -> None:
        """Write once, to find out whether that can be done at all. Raises Unusable."""
        try:
            write(self._path, as_text(self._ws, self._credentials))
        except OSError as error:
            raise Unusable(f"{self._path}: cannot be written ({error.strerror or error})") from None
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self._save()

    def _notice(self, kind: str, which: str, user: str) -> None:
        self._changed = True

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if self._changed:
                await self._save()

    async def _save(self) -> None:
        self._changed = False
        text = as_text(self._ws, self._credentials)
        try:
            await asyncio.to_thread(write, self._path, text)
        except OSError as error:
            log.error("the sandbox's state could not be kept in %s: %s", self._path, error)
            self._changed = True


def write(path: Path, text: str) -> None:
    """Replace the file as a whole: whoever looks sees the old one or the new one. Tokens are in it."""
    beside = path.with_name(f".{path.name}.new")
    with open(beside, "w", encoding="utf-8", opener=_private) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
