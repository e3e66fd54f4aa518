"""What `muster.yml` says of webhooks: which tools are told of what happens, and where."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, InstanceOf, ValidationInfo

from bot.config.files import from_file
from bot.config.names import did_you_mean
from bot.config.problems import ConfigInvalid
from bot.config.values import STRICT, Channel, wrong
from bot.domain.webhook_events import TYPES, wants

Network: TypeAlias = IPv4Network | IPv6Network

NAME = "a name of lower-case letters, digits and -, such as status-board"
URL = "an address such as https://hooks.example.com/muster, which may have ${NAME} from the environment"
SECRET = "${NAME}, a variable of the environment that holds whsec_…, as `muster webhook secret` prints it"  # noqa: S105 - a hint
EVENT = "the type of an event, such as incident.declared, or a group of them, such as page.*"
NETWORK = "a network, such as 10.0.0.0/8"
KEY_SIZES = range(24, 65)
"""How many bytes the key of a signature has, by Standard Webhooks."""
PREFIX = "whsec_"

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def key_of(secret: str) -> bytes | None:
    """Return the key that a secret is, or None."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if secret.startswith(PREFIX) and len(key) in KEY_SIZES else None


def _variables(info: ValidationInfo) -> Mapping[str, str] | None:
    """Return the environment; None for what never sends."""
    found: Mapping[str, str] | None = (info.context or {}).get("environ")
    return found


def _name(raw: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", raw):
        raise wrong(NAME)
    return raw


def _url(raw: str, info: ValidationInfo) -> str:
    environ = _variables(info)
    for variable in _VARIABLE.findall(raw):
        if environ is not None and not environ.get(variable, "").strip():
            raise wrong(f"{variable} in the environment. Set it where muster is started")
    filled = _VARIABLE.sub(lambda found: (environ or {}).get(found[1], "unset").strip(), raw)
    try:
        parts = urlsplit(filled)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if environ is None and raw.startswith("${"):
        return filled
    if not usable or re.search(r"[\s#]", filled) or "@" in parts.netloc:
        raise wrong(URL)
    return filled


def _secret(raw: str, info: ValidationInfo) -> str:
    """Return the secret that a variable holds. What never sends does without."""
    variable, environ = _VARIABLE.fullmatch(raw), _variables(info)
    if not variable:
        raise wrong(SECRET)
    if environ is None:
        return ""
    found = environ.get(variable[1], "").strip()
    if not found:
        raise wrong(f"{variable[1]} in the environment. Set it where muster is started")
    if not key_of(found):
        sizes = f"{KEY_SIZES[0]} to {KEY_SIZES[-1]}"
        raise wrong(f"{PREFIX} and the base64 of {sizes} bytes in {variable[1]}")
    return found


def _event(raw: Any) -> str:
    if not isinstance(raw, str) or not any(wants((raw,), kind) for kind in TYPES):
        raise wrong(EVENT, f". {did_you_mean(str(raw), TYPES)}")
    return raw


def _network(raw: Any) -> Network:
    try:
        return ip_network(str(raw), strict=False)
    except ValueError:
        raise wrong(NETWORK) from None


Secret = Annotated[str, AfterValidator(_secret)]
WebhookName = Annotated[str, Field(description=NAME), AfterValidator(_name)]


class WebhookEntry(BaseModel):
    """A tool that is told of what happens."""

    model_config = STRICT
    url: Annotated[str, AfterValidator(_url)] = Field(description=URL)
    secret: Secret = Field(description=SECRET)
    previous_secret: Secret | None = Field(default=None, description=SECRET)
    events: list[Annotated[str, BeforeValidator(_event)]] = Field(
        default=["*"],
        min_length=1,
        description="a list of types of events, such as [incident.*, page.raised]",
    )
    private: bool = Field(default=False, description="true or false")
    allow: list[Annotated[InstanceOf[IPv4Network] | InstanceOf[IPv6Network], BeforeValidator(_network)]] = (
        Field(default=[], description="a list of networks, such as [10.0.0.0/8]")
    )
    tell: Channel = Field(default="", description="the name of a channel")


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """A webhook. With `private` it is told all of private incidents too. Inside addresses are called only if
    they are in `allow`. The channel `tell` hears when it is disabled.
    """

    name: str
    url: str = field(repr=False)
    signing: tuple[str, ...] = field(repr=False)
    events: tuple[str, ...]
    private: bool
    allow: tuple[Network, ...]
    tell: str

    @property
    def keys(self) -> tuple[bytes, ...]:
        """Return the keys that sign: while a secret is replaced, both."""
        return tuple(key for one in self.signing if (key := key_of(one)))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must reach no log."""
        return (self.url, *self.signing)

    @property
    def host(self) -> str:
        """Return where it is, without what may be secret in its address."""
        return urlsplit(self.url).hostname or ""


def settings_of(name: str, entry: WebhookEntry) -> WebhookSettings:
    secrets = tuple(one for one in (entry.secret, entry.previous_secret) if one)
    return WebhookSettings(
        name, entry.url, secrets, tuple(entry.events), entry.private, tuple(entry.allow), entry.tell
    )


def named_in(entry: Any, environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the variables that an entry names and that stand in files, and what is wrong with the files."""
    values = [one for one in entry.values() if isinstance(one, str)] if isinstance(entry, dict) else []
    found, problems = dict[str, str](), list[str]()
    for name in {name for one in values for name in _VARIABLE.findall(one)}:
        try:
            if read := from_file(environ, name):
                found[name] = read
        except ConfigInvalid as error:
            problems += error.problems
    return found, problems
