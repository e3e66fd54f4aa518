"""The values that several of Slack's payloads hold."""

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, StringConstraints

Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,40}$")]
Ts: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}(\.[0-9]{1,9})?$")]
Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=100_000)]
Url: TypeAlias = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,1000}$")]
Day: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Outer(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class Inner(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow")


class Team(Inner):
    id: Id
    domain: Name | None = None
    enterprise_id: Id | None = None


class User(Inner):
    id: Id
    team_id: Id | None = None


class Named(Inner):
    id: Id
    name: Text | None = None


class Profile(Inner):
    name: Text | None = None
    email: Text | None = None
    display_name: Text | None = None


class Message(Inner):
    ts: Ts | None = None
    thread_ts: Ts | None = None
    user: Id | None = None
    subtype: Name | None = None
    text: Text | None = None
    username: Text | None = None
    bot_id: Id | None = None
    bot_profile: Profile | None = None
    edited: dict[str, Any] | None = None
