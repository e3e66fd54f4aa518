"""What Slack tells of: the events that we listen for."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from handlers.payload_values import Id, Inner, Message, Name, Named, Outer, Profile, Text, Ts


class Item(Inner):
    type: Name
    channel: Id | None = None
    ts: Ts | None = None
    message: Message | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Item":
        if (
            self.type == "message"
            and not (self.message and self.message.ts)
            and not (self.channel and self.ts)
        ):
            raise ValueError
        return self


class _Event(Inner):
    event_ts: Ts
    team: Id | None = None
    bot_id: Id | None = None
    subtype: Name | None = None
    thread_ts: Ts | None = None
    bot_access_token: None = None
    function_execution_id: None = None


class Reaction(_Event):
    type: Literal["reaction_added", "reaction_removed"]
    user: Id
    reaction: Name
    item: Item


class Pin(_Event):
    type: Literal["pin_added", "pin_removed"]
    user: Id
    channel_id: Id
    item: Item


class Said(_Event):
    type: Literal["message"]
    channel: Id
    user: Id | None = None
    text: Text | None = None
    ts: Ts | None = None
    message: Message | None = None
    previous_message: Message | None = None
    deleted_ts: Ts | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Said":
        changed = self.subtype != "message_changed" or (self.message is not None and self.message.ts)
        if not changed or (self.subtype == "message_deleted" and not self.deleted_ts):
            raise ValueError
        return self


class Membership(_Event):
    type: Literal["member_joined_channel", "member_left_channel"]
    user: Id
    channel: Id


class Renamed(_Event):
    type: Literal["channel_rename", "group_rename"]
    channel: Named


class OfAChannel(_Event):
    type: Literal[
        "channel_archive",
        "channel_unarchive",
        "channel_deleted",
        "channel_left",
        "group_archive",
        "group_unarchive",
        "group_deleted",
        "group_left",
    ]
    channel: Id
    user: Id | None = None


class Somebody(Inner):
    id: Id
    team_id: Id | None = None
    name: Text | None = None
    real_name: Text | None = None
    tz: Text | None = None
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    profile: Profile | None = None


class OfAPerson(_Event):
    type: Literal["user_change", "team_join"]
    user: Somebody


class Home(_Event):
    type: Literal["app_home_opened"]
    user: Id
    channel: Id | None = None
    tab: Name | None = None


Event: TypeAlias = Annotated[
    Reaction | Pin | Said | Membership | Renamed | OfAChannel | OfAPerson | Home, Field(discriminator="type")
]


class Authorization(Inner):
    team_id: Id | None = None
    enterprise_id: Id | None = None
    user_id: Id | None = None
    is_enterprise_install: bool | None = None


class Happened(Outer):
    type: Literal["event_callback"]
    event_id: Name
    team_id: Id
    enterprise_id: Id | None = None
    api_app_id: Id | None = None
    event_time: int | None = None
    authorizations: list[Authorization] | None = None
    event: Event


USED = frozenset(
    name
    for one in (Reaction, Pin, Said, Membership, Renamed, OfAChannel, OfAPerson, Home)
    for name in one.model_fields["type"].annotation.__args__  # type: ignore[union-attr]
)
