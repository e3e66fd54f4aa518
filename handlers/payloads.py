"""What Slack sends, parsed into values before anything looks at it: all else goes no further.

Of the outer object only what is named here goes on. What lies deeper is kept, since people's profiles and
messages hold much that is only passed on; what we or Bolt read of it has a type here.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bot.domain.incidents.silence import SPOKEN
from bot.domain.work.issue_links import MAYBE
from handlers.payload_events import USED, Happened, Item, Membership, Pin, Reaction, Said
from handlers.payload_values import Day, Id, Inner, Message, Name, Named, Outer, Team, Text, Ts, Url, User

DIRECT = "D"
"""What the id of a direct message begins with: it is no incident's channel."""


class NotSlacks(Exception):
    """The payload is none that Slack sends. The message names the first place that is wrong."""


class Option(Inner):
    value: Text


class Element(Inner):
    """What one field of a form holds."""

    value: Text | None = None
    selected_option: Option | None = None
    selected_options: list[Option] | None = None
    selected_user: Id | None = None
    selected_date: Day | None = None


class FormState(Inner):
    values: dict[str, dict[str, Element]]


class View(Inner):
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


class Container(Inner):
    message_ts: Ts | None = None
    is_ephemeral: bool = False


class Action(Inner):
    action_id: Name
    block_id: Text
    type: Name
    value: Text | None = None
    selected_option: Option | None = None


class Command(Outer):
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


class _Interaction(Outer):
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


class Verification(Outer):
    type: Literal["url_verification"]
    challenge: Text


class CertificateCheck(Outer):
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
    """Say whether somebody just posted a message: what people write is left alone, unless they pin it, or
    paste the address of an issue.
    """
    event = payload.event if isinstance(payload, Happened) else None
    if not isinstance(event, Said) or event.subtype in {"message_changed", "message_deleted"}:
        return False
    linked = "://" in (event.text or "") and any(part in (event.text or "") for part in MAYBE)
    return not linked or event.subtype not in SPOKEN or bool(event.bot_id)


def doing(payload: BaseModel) -> tuple[str, str] | None:
    """Return the channel in which a person did something by themselves, and who: what bots say is nothing."""
    match payload:
        case Command(channel_id=channel, user_id=user):
            found = channel, user
        case Pressed(channel=Named(id=channel), user=User(id=user)):
            found = channel, user
        case Happened(event=Said(channel=channel, user=str(user), subtype=kind, bot_id=None)) if (
            kind in SPOKEN
        ):
            found = channel, user
        case Happened(event=Reaction(item=Item(channel=str(channel)), user=user)):
            found = channel, user
        case Happened(event=Pin(channel_id=channel, user=user)):
            found = channel, user
        case Happened(event=Membership(type="member_joined_channel", channel=channel, user=user) as came):
            if (came.model_extra or {}).get("inviter"):  # others did it
                return None
            found = channel, user
        case _:
            return None
    return None if found[0].startswith(DIRECT) else found


def _unused(body: Mapping[str, Any]) -> bool:
    """Say whether this tells of an event that we do not listen for."""
    event = body.get("event")
    named = isinstance(event, dict) and isinstance(event.get("type"), str)
    return body.get("type") == "event_callback" and named and event["type"] not in USED  # type: ignore[index]
