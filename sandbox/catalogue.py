"""What Slack's reference says about each Web API method and each event: scopes, arguments, tiers."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["public", "private", "im"]


@dataclass(frozen=True)
class Method:
    """A Web API method.

    Of each tuple of scopes any one is enough, and an empty one asks for nothing. `private_scopes` and
    `im_scopes` hold in private channels and direct messages; where they are empty, `scopes` holds everywhere.
    """

    name: str
    scopes: tuple[str, ...] = ()
    private_scopes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    tier: str = "T3"
    im_scopes: tuple[str, ...] = ()

    def scopes_in(self, kind: Kind) -> tuple[str, ...]:
        """The scopes of which a conversation of this kind asks one."""
        return {"public": self.scopes, "private": self.private_scopes, "im": self.im_scopes}[
            kind
        ] or self.scopes

    @property
    def any_scopes(self) -> tuple[str, ...]:
        """Without any of these the method is refused whatever the conversation is."""
        return tuple(dict.fromkeys(self.scopes + self.private_scopes + self.im_scopes))


def _plain(name: str, scopes: str, required: str, tier: str) -> Method:
    return Method(name, tuple(scopes.split()), (), tuple(required.split()), tier)


def _manages(name: str, required: str, tier: str, narrow: str = "") -> Method:
    """A method that changes a conversation; `narrow` names the finer scope that is enough too."""
    return Method(
        name,
        ("channels:manage", *([f"channels:{narrow}"] if narrow else [])),
        ("groups:write", *([f"groups:{narrow}"] if narrow else [])),
        tuple(required.split()),
        tier,
        ("im:write",),
    )


def _reads(name: str, required: str, tier: str, what: str = "read") -> Method:
    return Method(
        name, (f"channels:{what}",), (f"groups:{what}",), tuple(required.split()), tier, (f"im:{what}",)
    )


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        _plain("api.test", "", "", "T4"),
        _plain("auth.test", "", "", "S"),
        # This scope is the app-level token's; the bot's token is refused before scopes are looked at.
        _plain("apps.connections.open", "connections:write", "", "T3"),
        _plain("team.info", "team:read", "", "T3"),
        _plain("bots.info", "users:read", "", "T3"),
        _plain("chat.postMessage", "chat:write", "channel", "S"),
        _plain("chat.update", "chat:write", "channel ts", "T3"),
        _plain("chat.delete", "chat:write", "channel ts", "T3"),
        _plain("chat.postEphemeral", "chat:write", "channel user", "T4"),
        _plain("chat.getPermalink", "", "channel message_ts", "S"),
        _plain("chat.scheduleMessage", "chat:write", "channel post_at", "T3"),
        _plain("chat.deleteScheduledMessage", "chat:write", "channel scheduled_message_id", "T3"),
        _plain("chat.scheduledMessages.list", "", "", "T3"),
        _manages("conversations.create", "name", "T2"),
        _manages("conversations.rename", "channel name", "T2"),
        _manages("conversations.setTopic", "channel topic", "T2", "write.topic"),
        _manages("conversations.setPurpose", "channel purpose", "T2", "write.topic"),
        _manages("conversations.invite", "channel users", "T3", "write.invites"),
        _manages("conversations.kick", "channel user", "T3"),
        _plain("conversations.join", "channels:join", "channel", "T3"),
        _manages("conversations.leave", "channel", "T3"),
        _manages("conversations.archive", "channel", "T2"),
        _manages("conversations.unarchive", "channel", "T2"),
        _reads("conversations.info", "channel", "T3"),
        _reads("conversations.list", "", "T2"),
        _reads("conversations.members", "channel", "T4"),
        _reads("conversations.history", "channel", "T3", "history"),
        _reads("conversations.replies", "channel ts", "T3", "history"),
        _plain("conversations.open", "im:write mpim:write channels:manage groups:write", "", "T3"),
        _reads("users.conversations", "", "T3"),
        _plain("pins.add", "pins:write", "channel", "T2"),
        _plain("pins.remove", "pins:write", "channel", "T2"),
        _plain("pins.list", "pins:read", "channel", "T2"),
        _plain("reactions.add", "reactions:write", "channel timestamp name", "T3"),
        _plain("reactions.remove", "reactions:write", "name", "T2"),
        _plain("reactions.get", "reactions:read", "", "T3"),
        _plain("bookmarks.add", "bookmarks:write", "channel_id title type", "T2"),
        _plain("bookmarks.edit", "bookmarks:write", "channel_id bookmark_id", "T2"),
        _plain("bookmarks.remove", "bookmarks:write", "channel_id bookmark_id", "T2"),
        _plain("bookmarks.list", "bookmarks:read", "channel_id", "T3"),
        _plain("views.open", "", "trigger_id view", "T4"),
        _plain("views.push", "", "trigger_id view", "T4"),
        _plain("views.update", "", "view", "T4"),
        _plain("views.publish", "", "user_id view", "T4"),
        _plain("users.info", "users:read", "user", "T4"),
        _plain("users.list", "users:read", "", "T2"),
        _plain("users.lookupByEmail", "users:read.email", "email", "T3"),
        _plain("users.getPresence", "users:read", "", "T3"),
        _plain("usergroups.list", "usergroups:read", "", "T2"),
        _plain("usergroups.users.list", "usergroups:read", "usergroup", "T2"),
        _plain("usergroups.users.update", "usergroups:write", "usergroup users", "T2"),
        _plain("files.getUploadURLExternal", "files:write", "length filename", "T4"),
        _plain("files.completeUploadExternal", "files:write", "files", "T4"),
        _plain("files.info", "files:read", "file", "T4"),
        _plain("files.list", "files:read", "", "T3"),
        _plain("canvases.create", "canvases:write", "", "T2"),
        _plain("canvases.edit", "canvases:write", "canvas_id changes", "T3"),
        _plain("canvases.delete", "canvases:write", "canvas_id", "T3"),
        _plain("canvases.getContent", "canvases:read", "canvas_id", "T3"),
        _plain("canvases.sections.lookup", "canvases:read", "canvas_id criteria", "T3"),
        _plain("canvases.access.set", "canvases:write", "canvas_id access_level", "T3"),
        _plain("canvases.access.delete", "canvases:write", "canvas_id", "T3"),
        _plain("conversations.canvases.create", "canvases:write", "channel_id", "T2"),
    )
}

# The methods whose reference names no JSON: what is sent to them as JSON is not read.
FORM_ONLY = frozenset(
    {
        "bots.info",
        "chat.getPermalink",
        "conversations.info",
        "conversations.list",
        "conversations.members",
        "conversations.replies",
        "files.getUploadURLExternal",
        "files.info",
        "files.list",
        "openid.connect.token",
        "pins.list",
        "reactions.get",
        "usergroups.list",
        "usergroups.users.list",
        "users.conversations",
        "users.getPresence",
        "users.info",
        "users.list",
        "users.lookupByEmail",
    }
)

# Arguments that are text; JSON can say a number or a list where one of these is meant.
TEXTS = frozenset(
    [
        "access_level",
        "bookmark_id",
        "canvas_id",
        "channel",
        "channel_id",
        "content_type",
        "cursor",
        "email",
        "emoji",
        "external_id",
        "filename",
        "hash",
        "icon_emoji",
        "icon_url",
        "initial_comment",
        "latest",
        "link",
        "markdown_text",
        "message_ts",
        "name",
        "oldest",
        "purpose",
        "scheduled_message_id",
        "text",
        "thread_ts",
        "timestamp",
        "title",
        "topic",
        "trigger_id",
        "ts",
        "type",
        "user",
        "user_id",
        "usergroup",
        "username",
        "view_id",
    ]
)

# The name under which a manifest subscribes -> the scopes of which any one lets the event through.
EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "channel_archive": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_id_changed": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "emoji_changed": ("emoji:read",),
    "file_shared": ("files:read",),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "link_shared": ("links:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "subteam_created": ("usergroups:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "team_join": ("users:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}
