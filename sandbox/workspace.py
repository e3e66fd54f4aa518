"""The workspace: its people, conversations and open forms, and how to find them."""

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.app import App
from sandbox.clock import Clock
from sandbox.ids import Ids
from sandbox.state import (
    SLACKBOT,
    Canvas,
    Channel,
    Group,
    Hook,
    Json,
    Note,
    Notification,
    Phone,
    Scheduled,
    StoredFile,
    Text,
    Trigger,
    User,
    View,
)

# A change of what people see: what kind of thing, which one, and whose ("" for everybody's).
Watcher = Callable[[str, str, str], None]
Sender = Callable[[Json], None]
Press = Callable[[Text, str], Awaitable[None]]
Reply = Callable[[Phone, str], Awaitable[None]]


MOST_TICKETS = 2_000


def forget_oldest(tickets: dict[str, Any]) -> None:
    """Keep what is handed out with every click from piling up."""
    while len(tickets) > MOST_TICKETS:
        del tickets[next(iter(tickets))]


async def _nothing_pressed(text: Text, label: str) -> None: ...


async def _nothing_replied(phone: Phone, words: str) -> None: ...


class Workspace:
    """All of Slack's state. What may be done to it lives in the modules beside this one."""

    def __init__(self, app: App, clock: Clock, world: Json, url: str = "") -> None:
        self.app, self.clock, self.url = app, clock, url
        self.ids = Ids(clock)
        self.notified: list[Notification] = []
        self.watchers: list[Watcher] = []
        self.send: Sender = lambda payload: None
        # How a button that a phone shows is pressed.
        self.press: Press = _nothing_pressed
        # How a text is replied to, from a phone.
        self.reply: Reply = _nothing_replied
        self.schedule: Callable[[Scheduled], None] = lambda one: None
        # What apps are told about user groups: plan_upgrade_required, permission_denied, or nothing ("").
        self.groups_refusal = ""
        # Which canvases there are: "" for all, free for a tab in each channel, disabled for none.
        self.canvases_limited = ""
        # Whether somebody may fast-forward here.
        self.skips = False
        # Until when the time is being moved on: nobody can do anything before.
        self.skips_to = clock.now()
        self.settle(world)

    def settle(self, world: Json) -> None:
        """Be as the world says, and forget everything else. Ids go on, so nothing is mistaken for the old."""
        self.team: Json = world["team"]
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self.stacks: dict[str, list[View]] = {}
        self.views: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.hooks: dict[str, Hook] = {}
        self.chosen: dict[tuple[str, str, str], Json] = {}
        self.scheduled: dict[str, Scheduled] = {}
        self.files: dict[str, StoredFile] = {}
        self.canvases: dict[str, Canvas] = {}
        # By the id of whose they are, or by a number that nobody here has.
        self.phones: dict[str, Phone] = {}
        # Time stamps of what pinged somebody, by person and channel.
        self.pinged: dict[tuple[str, str], list[str]] = {}
        self.notified.clear()
        self._fill(world)

    def _fill(self, world: Json) -> None:
        for person in world.get("people", []):
            self.users[person["id"]] = User(**person)
        app = self.app
        self.users[app.user_id] = User(app.user_id, app.name, app.name, bot=True)
        self.users[SLACKBOT] = User(SLACKBOT, "slackbot", "Slackbot", bot=True)
        for group in world.get("groups", []):
            self.groups[group["id"]] = Group(**{**group, "members": self._ids_of(group["members"])})
        for channel in world.get("channels", []):
            self.channels[channel["id"]] = self._channel(channel)

    def _ids_of(self, handles: list[str]) -> list[str]:
        return [self.user(handle).id for handle in handles]

    def _channel(self, given: Json) -> Channel:
        creator = self.user(given["creator"]).id
        created = self.seconds()
        return Channel(
            id=given["id"],
            name=given["name"],
            creator=creator,
            created=created,
            private=given.get("private", False),
            general=given.get("general", False),
            members=self._ids_of(given.get("members", [])),
            topic=Note(given.get("topic", ""), creator, created),
            purpose=Note(given.get("purpose", ""), creator, created),
        )

    def seconds(self) -> int:
        return int(self.clock.now().timestamp())

    def changed(self, kind: str, which: str = "", user: str = "") -> None:
        for watcher in self.watchers:
            watcher(kind, which, user)

    def user(self, name: str) -> User:
        """By id or handle; KeyError for a stranger."""
        if name in self.users:
            return self.users[name]
        handle = name.removeprefix("@")
        for user in self.users.values():
            if user.handle == handle:
                return user
        raise KeyError(f"nobody here is called {name!r}")

    def channel(self, name: str) -> Channel:
        """By id or name; KeyError when there is none."""
        if name in self.channels:
            return self.channels[name]
        for channel in self.channels.values():
            if channel.name == name.removeprefix("#") and not channel.im:
                return channel
        raise KeyError(f"there is no channel {name!r}")

    def named(self, name: str) -> Channel | None:
        return next((c for c in self.channels.values() if c.name == name and not c.im), None)

    def direct(self, one: str, other: str) -> Channel:
        """The direct message of two people, begun if need be. Its id never changes."""
        for channel in self.channels.values():
            if channel.im and set(channel.members) == {one, other}:
                return channel
        channel = Channel(
            self.ids.new("D"), "", one, self.seconds(), private=True, im=True, members=[one, other]
        )
        self.channels[channel.id] = channel
        for user in (one, other):
            self.changed("sidebar", user=user)
        return channel

    def bot_in(self, channel: Channel) -> bool:
        return self.app.user_id in channel.members

    def notify(self, one: Notification) -> None:
        self.notified.append(one)
        self.pinged.setdefault((one.user, one.channel), []).append(one.ts)

    def index_notified(self) -> None:
        self.pinged.clear()
        for one in self.notified:
            self.pinged.setdefault((one.user, one.channel), []).append(one.ts)

    def handles(self) -> dict[str, str]:
        return {user.handle: user.id for user in self.users.values() if not user.deleted}

    def channel_names(self, viewer: str) -> dict[str, str]:
        """Names of the channels that `viewer` may know of."""
        return {
            channel.name: channel.id
            for channel in self.channels.values()
            if not channel.im and (not channel.private or viewer in channel.members)
        }

    def group_handles(self) -> dict[str, str]:
        return {group.handle: group.id for group in self.groups.values()}

    def top_view(self, user: str) -> View | None:
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def seed(self, **channel: Any) -> Channel:
        """Add a channel that was always there: nobody hears of it."""
        made = self._channel({"id": self.ids.new("C"), "creator": next(iter(self.users)), **channel})
        self.channels[made.id] = made
        return made
