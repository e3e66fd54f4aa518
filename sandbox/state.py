"""Everything a workspace remembers, as plain values. Messages and bookmarks are kept as Slack sends them."""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

Json = dict[str, Any]

LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?')\]}]")


SLACKBOT = "USLACKBOT"


@dataclass
class User:
    id: str
    handle: str
    real_name: str
    email: str = ""
    title: str = ""
    tz: str = "Etc/UTC"
    phone: str = ""
    deleted: bool = False
    guest: bool = False
    admin: bool = False
    bot: bool = False
    active: bool = True
    home: "View | None" = None


@dataclass
class Group:
    id: str
    handle: str
    name: str
    description: str = ""
    members: list[str] = field(default_factory=list)


@dataclass
class Note:
    """A topic or a purpose."""

    value: str = ""
    creator: str = ""
    last_set: int = 0


@dataclass
class Pin:
    by: str
    created: int


@dataclass
class Ephemeral:
    """A message that one person sees until the page is loaded again."""

    user: str
    message: Json


@dataclass
class Channel:
    """A channel, a private channel, or (with `im`) a direct message between its two members."""

    id: str
    name: str
    creator: str
    created: int
    private: bool = False
    im: bool = False
    general: bool = False
    archived: bool = False
    bot_was_member: bool = False
    members: list[str] = field(default_factory=list)
    topic: Note = field(default_factory=Note)
    purpose: Note = field(default_factory=Note)
    previous_names: list[str] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)
    ephemerals: list[Ephemeral] = field(default_factory=list)
    pins: dict[str, Pin] = field(default_factory=dict)
    bookmarks: list[Json] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """`channel`, `group` or `im`, as events say it."""
        if self.im:
            return "im"
        return "group" if self.private else "channel"

    def find(self, ts: str) -> Json | None:
        """The message of that time stamp; they are in its order, and stamps are all of one length."""
        at = bisect_left(self.messages, ts, key=itemgetter("ts"))
        return self.messages[at] if at < len(self.messages) and self.messages[at]["ts"] == ts else None


@dataclass
class View:
    """A modal or a Home tab. `body` is what the app sent, `values` what the person chose so far."""

    id: str
    user: str
    body: Json
    values: Json
    hash: str
    root: str
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    error: str | None = None


@dataclass
class Trigger:
    user: str
    issued: datetime
    in_modal: bool
    issued_at: float
    used: bool = False


@dataclass
class Hook:
    """What a response_url leads to. `ts` is the message that `replace_original` means, if any."""

    user: str
    channel: str
    issued: datetime
    ts: str | None = None
    ephemeral: bool = True
    uses: int = 0


@dataclass
class Scheduled:
    """A message that is posted at `post_at`, in seconds since 1970."""

    id: str
    channel: str
    post_at: int
    created: int
    message: Json
    broadcast: bool = False


@dataclass
class StoredFile:
    """`about` is the file as Slack describes it; until it is `complete` nobody sees it."""

    about: Json
    key: str
    content: bytes = b""
    uploaded: bool = False
    complete: bool = False


@dataclass
class Part:
    """A section of a canvas: a heading, a paragraph, a list as a whole."""

    id: str
    kind: str
    markdown: str


@dataclass
class Canvas:
    """A document. `channel` is where it is a tab, "" for none; `main` says that it is that channel's own.

    `access` has what a person or the members of a channel may do, by id: read or write.
    """

    id: str
    title: str
    owner: str
    created: int
    updated: int
    channel: str = ""
    main: bool = False
    deleted: bool = False
    parts: list[Part] = field(default_factory=list)
    access: dict[str, str] = field(default_factory=dict)

    @property
    def markdown(self) -> str:
        return "\n\n".join(part.markdown for part in self.parts)


@dataclass
class Text:
    """What arrived on a phone from outside Slack, at `at` in ISO text; of files only the names are kept.

    A push message has `buttons`, each a label and the `url` it posts to, and a `priority` from 1 to 5. Of a
    `call` they are what can be pressed now. `replies` says that it can be replied to.
    """

    id: str
    at: str
    title: str
    text: str
    files: list[str] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    priority: int = 0
    call: str = ""
    replies: bool = False

    @property
    def links(self) -> list[str]:
        return LINK.findall(self.text)


@dataclass
class Phone:
    """The phone of `user`; one that nobody here has is known by its address alone."""

    address: str
    user: str
    texts: list[Text] = field(default_factory=list)
    unread: int = 0


@dataclass(frozen=True)
class Notification:
    """Somebody's phone buzzed. `why`: mention, group, here, channel, everyone or dm."""

    user: str
    channel: str
    ts: str
    why: str
    text: str
