"""What Slack sends, parsed into values before anything looks at it: all else goes no further.

Of the outer object only what is named here goes on. What lies deeper is kept, since people's profiles and
messages hold much that is only passed on; what we or Bolt read of it has a type here.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,40}$")]
Ts: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}(\.[0-9]{1,9})?$")]
Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=100_000)]
Url: TypeAlias = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,1000}$")]
Day: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class NotSlacks(Exception):
    """The payload is none that Slack sends. The message names the first place that is wrong."""


class _Outer(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Inner(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class Team(_Inner):
    id: Id
    domain: Name | None = None
    enterprise_id: Id | None = None


class User(_Inner):
    id: Id
    team_id: Id | None = None


class Named(_Inner):
    id: Id
    name: Text | None = None


class Option(_Inner):
    value: Text


class Element(_Inner):
    """What one field of a form holds."""

    value: Text | None = None
    selected_option: Option | None = None
    selected_options: list[Option] | None = None
    selected_user: Id | None = None
    selected_date: Day | None = None


class FormState(_Inner):
    values: dict[str, dict[str, Element]]


class View(_Inner):
    id: Name
    hash: Name | None = None
    type: Name
    callback_id: Text
    private_metadata: Text
    root_view_id: Name | None = None
    team_id: Id | None = None
    app_installed_team_id: Id | None = None
    state: FormState


class LiveView(View):
    """A view that is open: its hash says which state of it was seen."""

    hash: Name


class Container(_Inner):
    message_ts: Ts | None = None
    is_ephemeral: bool = False


class Profile(_Inner):
    name: Text | None = None
    email: Text | None = None
    display_name: Text | None = None


class Message(_Inner):
    ts: Ts | None = None
    thread_ts: Ts | None = None
    user: Id | None = None
    subtype: Name | None = None
    text: Text | None = None
    username: Text | None = None
    bot_id: Id | None = None
    bot_profile: Profile | None = None
    edited: dict[str, Any] | None = None


class Action(_Inner):
    action_id: Name
    block_id: Text
    type: Name
    value: Text | None = None


class Command(_Outer):
    command: Name
    text: Text = ""
    user_id: Id
    channel_id: Id
    channel_name: Text = ""
    team_id: Id
    enterprise_id: Id | Literal[""] | None = None
    api_app_id: Id | None = None
    is_enterprise_install: Literal["true", "false"] | None = None
    trigger_id: Name
    response_url: Url


class _Interaction(_Outer):
    user: User
    team: Team | None = None
    enterprise: Team | None = None
    is_enterprise_install: bool | None = None
    api_app_id: Id | None = None
    trigger_id: Name | None = None


class Pressed(_Interaction):
    type: Literal["block_actions"]
    actions: list[Action] = Field(min_length=1)
    trigger_id: Name
    channel: Named | None = None
    container: Container | None = None
    message: Message | None = None
    view: LiveView | None = None
    response_url: Url | None = None


class Submitted(_Interaction):
    type: Literal["view_submission", "view_closed"]
    view: View


class Asked(_Interaction):
    type: Literal["block_suggestion"]
    action_id: Name
    block_id: Text
    value: Text = ""
    view: View | None = None
    channel: Named | None = None


class Shortcut(_Interaction):
    type: Literal["shortcut"]
    callback_id: Name
    trigger_id: Name


class MessageShortcut(_Interaction):
    type: Literal["message_action"]
    callback_id: Name
    trigger_id: Name
    response_url: Url
    channel: Named
    message_ts: Ts
    message: Message
    team: Team


class Item(_Inner):
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


class _Event(_Inner):
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


class Somebody(_Inner):
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


Event: TypeAlias = Annotated[
    Reaction | Pin | Said | Membership | Renamed | OfAChannel | OfAPerson, Field(discriminator="type")
]


class Authorization(_Inner):
    team_id: Id | None = None
    enterprise_id: Id | None = None
    user_id: Id | None = None
    is_enterprise_install: bool | None = None


class Happened(_Outer):
    type: Literal["event_callback"]
    event_id: Name
    team_id: Id
    enterprise_id: Id | None = None
    api_app_id: Id | None = None
    event_time: int | None = None
    authorizations: list[Authorization] | None = None
    event: Event


class Verification(_Outer):
    type: Literal["url_verification"]
    challenge: Text


class CertificateCheck(_Outer):
    ssl_check: Name


Payload: TypeAlias = Command | Pressed | Submitted | Asked | Shortcut | MessageShortcut | Happened
_TYPED: TypeAdapter[Any] = TypeAdapter(
    Annotated[
        Pressed | Submitted | Asked | Shortcut | MessageShortcut | Happened | Verification,
        Field(discriminator="type"),
    ]
)
_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
_CHECK: TypeAdapter[CertificateCheck] = TypeAdapter(CertificateCheck)
_USED = frozenset(
    name
    for one in (Reaction, Pin, Said, Membership, Renamed, OfAChannel, OfAPerson)
    for name in one.model_fields["type"].annotation.__args__  # type: ignore[union-attr]
)


def read(body: Mapping[str, Any]) -> BaseModel | None:
    """Return what a payload says, or None for what is Slack's but needs no reaction. Raises NotSlacks."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
        if "command" in body:
            return _COMMAND.validate_python(body)
        if "ssl_check" in body:
            return _CHECK.validate_python(body)
        if body.get("type") == "app_rate_limited" or _unused(body):
            return None
        found: BaseModel = _TYPED.validate_python(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise NotSlacks(f"{first['type']} at {place[:80] or 'the top'}") from None
    except (ValueError, RecursionError) as error:
        raise NotSlacks(type(error).__name__) from None
    return found


def only_said(payload: BaseModel) -> bool:
    """Say whether somebody just posted a message: what people write is left alone, unless they pin it."""
    event = payload.event if isinstance(payload, Happened) else None
    return isinstance(event, Said) and event.subtype not in {"message_changed", "message_deleted"}


def _unused(body: Mapping[str, Any]) -> bool:
    """Say whether this tells of an event that we do not listen for."""
    event = body.get("event")
    named = isinstance(event, dict) and isinstance(event.get("type"), str)
    return body.get("type") == "event_callback" and named and event["type"] not in _USED  # type: ignore[index]
