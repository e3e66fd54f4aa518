"""What `muster.yml` says of the services that make calls."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from bot.config.values import STRICT, wrong
from bot.domain.incidents.calls import PROVIDERS, Provider, is_template
from bot.domain.process import IncidentType

ZOOM_SECRET, MEET_KEY = "ZOOM_CLIENT_SECRET", "GOOGLE_SERVICE_ACCOUNT"
VARIABLES = (ZOOM_SECRET, MEET_KEY)
FALLBACK = "an address with {id} or {random} in it, such as https://meet.jit.si/muster-{random}"
CALL_LINK = f"{FALLBACK}, or huddle, zoom or meet"
ZOOM_ID = "an id of letters and digits, as Zoom shows it for the app"
HOST = "the e-mail address of a licensed Zoom user"
USER = "the e-mail address of a user of the Google Workspace"
_EMAIL = r"[^\s@<>]+@[^\s@<>]+"


def call_link(raw: str | None) -> str | None:
    """Return where a type's calls are. Raises where it is neither an address nor a service."""
    if raw is not None and raw not in PROVIDERS and not is_template(raw):
        raise wrong(CALL_LINK)
    return raw


def _template(raw: str | None) -> str | None:
    if raw is not None and not is_template(raw):
        raise wrong(FALLBACK)
    return raw


def _zoom_id(raw: str) -> str:
    if not re.fullmatch(r"[\w-]{1,100}", raw):
        raise wrong(ZOOM_ID)
    return raw


def _host(raw: str) -> str:
    if not re.fullmatch(_EMAIL, raw):
        raise wrong(HOST)
    return raw


def _user(raw: str) -> str:
    if not re.fullmatch(_EMAIL, raw):
        raise wrong(USER)
    return raw


ZoomId = Annotated[str, Field(description=ZOOM_ID), AfterValidator(_zoom_id)]
Host = Annotated[str, Field(description=HOST), AfterValidator(_host)]


class ZoomEntry(BaseModel):
    """A server-to-server OAuth app of a Zoom account, and the users who host its meetings in turn."""

    model_config = STRICT
    account: ZoomId
    client: ZoomId
    hosts: list[Host] = Field(min_length=1, max_length=50, description="a list of users' e-mail addresses")


class MeetEntry(BaseModel):
    """A service account with domain-wide delegation, and as whom it acts."""

    model_config = STRICT
    user: Annotated[str, AfterValidator(_user)] = Field(description=USER)


class CallsEntry(BaseModel):
    """What makes calls, and what stands in for it."""

    model_config = STRICT
    zoom: ZoomEntry | None = Field(default=None, description="a mapping with `account`, `client` and `hosts`")
    meet: MeetEntry | None = Field(default=None, description="a mapping with `user`")
    fallback: Annotated[str | None, AfterValidator(_template)] = Field(default=None, description=FALLBACK)


@dataclass(frozen=True, slots=True)
class ZoomSettings:
    account: str
    client: str
    hosts: tuple[str, ...]
    secret: str = field(repr=False)
    api: str = "https://api.zoom.us"
    oauth: str = "https://zoom.us"


@dataclass(frozen=True, slots=True)
class MeetSettings:
    """`account` is the service account's e-mail address, `key` its private key in PEM."""

    user: str
    account: str
    key: str = field(repr=False)
    api: str = "https://meet.googleapis.com"
    oauth: str = "https://oauth2.googleapis.com"


@dataclass(frozen=True, slots=True)
class CallSettings:
    """The services that can make calls, and the address that stands in for one that fails."""

    zoom: ZoomSettings | None = None
    meet: MeetSettings | None = None
    fallback: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must reach no log."""
        zoom, meet = self.zoom, self.meet
        return (*((zoom.secret,) if zoom else ()), *((meet.key,) if meet else ()))


def settings_of(entry: CallsEntry, environ: Mapping[str, str]) -> CallSettings:
    """Return the settings with what the environment has for them; a service without secret is left out."""
    secret, key = environ.get(ZOOM_SECRET, "").strip(), _account(environ)
    zoom, meet = entry.zoom, entry.meet
    return CallSettings(
        ZoomSettings(zoom.account, zoom.client, tuple(zoom.hosts), secret) if zoom and secret else None,
        MeetSettings(meet.user, *key) if meet and key else None,
        entry.fallback,
    )


def _account(environ: Mapping[str, str]) -> tuple[str, str] | None:
    try:
        found: Any = json.loads(environ.get(MEET_KEY, ""))
        account, key = found["client_email"], found["private_key"]
    except (ValueError, KeyError, TypeError):
        return None
    return (account, key) if isinstance(account, str) and isinstance(key, str) else None


def callless_because(entry: CallsEntry, settings: CallSettings) -> Iterator[str]:
    """Yield why a service makes no call: pages leave all the same."""
    if entry.zoom and not settings.zoom:
        yield f"calls.zoom: {ZOOM_SECRET} is not set, so Zoom makes no call."
    if entry.meet and not settings.meet:
        yield f"calls.meet: {MEET_KEY} has no service account's key as JSON, so Google Meet makes no call."


def unmade_calls(settings: CallSettings, types: Mapping[str, IncidentType]) -> Iterator[str]:
    """Yield which types name a service that makes no call."""
    there = {Provider.ZOOM: settings.zoom, Provider.MEET: settings.meet, Provider.HUDDLE: True}
    for name, kind in types.items():
        for key, call in (("call", kind.call), ("customer_call", kind.customer_call)):
            if call in PROVIDERS and not there[Provider(str(call))]:
                instead = "the fallback is taken" if settings.fallback else "there is no call"
                yield f"types.{name}.{key}: {call} is not set up under `calls`, so {instead}."
