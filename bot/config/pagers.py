"""What `muster.yml` says of the pagers that teams keep, such as PagerDuty."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, Field

from bot.config.values import STRICT, Person, wrong
from bot.domain.paging.pagers import OPSGENIE, PAGERDUTY, SERVICES
from bot.domain.process import Team

PAGERDUTY_KEY, OPSGENIE_KEY = "PAGERDUTY_ROUTING_KEY", "OPSGENIE_API_KEY"
PAGERDUTY_TOKEN, PAGERDUTY_HOOK = "PAGERDUTY_API_TOKEN", "PAGERDUTY_WEBHOOK_SECRET"
OPSGENIE_HOOK = "OPSGENIE_WEBHOOK_TOKEN"
KEYS: Mapping[str, str] = {PAGERDUTY: PAGERDUTY_KEY, OPSGENIE: OPSGENIE_KEY}
"""The variable that holds a service's key; with a team's name after it, that of one team."""
OTHERS: Mapping[str, tuple[str, ...]] = {
    PAGERDUTY: (PAGERDUTY_TOKEN, PAGERDUTY_HOOK),
    OPSGENIE: (OPSGENIE_HOOK,),
}
PAGER = "pagerduty or opsgenie"
ADDRESS = "an address such as https://events.eu.pagerduty.com"
USER = "the id of a user in PagerDuty, such as PXPGF42"
_USABLE: Mapping[str, tuple[str, str]] = {
    PAGERDUTY: (r"[A-Za-z0-9]{32}", "an integration key of Events API v2, 32 letters and digits"),
    OPSGENIE: (r"[\w-]{8,100}", "the key of an API integration"),
}


def _server(raw: str) -> str:
    if not re.fullmatch(r"https?://[\w.:-]+(?:/[\w./-]*)?", raw):
        raise wrong(ADDRESS)
    return raw.rstrip("/")


def _user(raw: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{3,40}", raw):
        raise wrong(USER)
    return raw


Server = Annotated[str, AfterValidator(_server)]
User = Annotated[str, Field(description=USER), AfterValidator(_user)]


class PagerdutyEntry(BaseModel):
    """PagerDuty, for the teams that keep it."""

    model_config = STRICT
    url: Server = Field(default="https://events.pagerduty.com", description=ADDRESS)
    api_url: Server = Field(
        default="https://api.pagerduty.com", description="an address such as https://api.eu.pagerduty.com"
    )
    private: bool = Field(default=False, description="true or false")
    people: dict[Person, User] = Field(
        default={}, description="a mapping of e-mail addresses or Slack user ids to users' ids in PagerDuty"
    )


class OpsgenieEntry(BaseModel):
    """Opsgenie, for the teams that keep it."""

    model_config = STRICT
    url: Server = Field(
        default="https://api.opsgenie.com", description="an address such as https://api.eu.opsgenie.com"
    )
    private: bool = Field(default=False, description="true or false")


PagerEntry: TypeAlias = PagerdutyEntry | OpsgenieEntry


@dataclass(frozen=True, slots=True)
class PagerSettings:
    """A service and the `keys` of the teams that keep it. Of private incidents it is told the number alone,
    unless `private`. `people` are who is who by the id there; `hooks` prove that the service tells.
    """

    service: str
    url: str
    private: bool
    keys: Mapping[str, str] = field(repr=False)
    hooks: tuple[str, ...] = field(default=(), repr=False)
    token: str = field(default="", repr=False)
    api_url: str = ""
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must reach no log."""
        return (*self.keys.values(), *self.hooks, *([self.token] if self.token else []))


def variables(service: str, teams: Sequence[str]) -> tuple[str, ...]:
    """Return what the environment may have for a service that these teams keep."""
    return (KEYS[service], *(_of_team(service, one) for one in teams), *OTHERS[service])


def settings_of(
    service: str, entry: PagerEntry, teams: Sequence[str], environ: Mapping[str, str]
) -> PagerSettings:
    """Return the settings with what the environment has for them; a team without a usable key is left out."""

    def given(name: str) -> str:
        return environ.get(name, "").strip()

    keys = {team: key for team in teams if (key := _key(service, team, given)) and _fits(service, key)}
    if isinstance(entry, OpsgenieEntry):
        hook = given(OPSGENIE_HOOK)
        return PagerSettings(service, entry.url, entry.private, keys, (hook,) if hook else ())
    hooks = tuple(filter(None, given(PAGERDUTY_HOOK).replace(",", " ").split()))
    people = {user: person for person, user in entry.people.items()}
    token = given(PAGERDUTY_TOKEN)
    return PagerSettings(service, entry.url, entry.private, keys, hooks, token, entry.api_url, people)


def unraised_because(
    settings: PagerSettings, teams: Sequence[str], environ: Mapping[str, str]
) -> Iterator[str]:
    """Yield why a team's pages are not raised there, or what is done there is not heard."""
    service, name = settings.service, SERVICES[settings.service]
    for team in teams:
        if team not in settings.keys:
            own, shared = _of_team(service, team), KEYS[service]
            there = next((one for one in (own, shared) if environ.get(one, "").strip()), "")
            why = f"{there} is no key: expected {_USABLE[service][1]}" if there else f"{own} is not set"
            also = "" if there else f" (nor {shared}, for all teams)"
            yield f"{service}: {why}{also}. So Muster pages {team} itself."
    if settings.keys and not settings.hooks and not (settings.token or service == OPSGENIE):
        yield (
            f"{service}: neither {PAGERDUTY_HOOK} nor {PAGERDUTY_TOKEN} is set, so an acknowledgement in "
            f"{name} is not heard, and Muster goes on calling. Make a webhook subscription, or an API key "
            "that reads."
        )


def with_pagers(teams: Mapping[str, Team], pagers: Sequence[PagerSettings]) -> Mapping[str, Team]:
    """Return the teams, each with the pager in which its pages are raised too."""
    keep = {team: one.service for one in pagers for team in one.keys}
    return MappingProxyType({name: replace(team, pager=keep.get(name, "")) for name, team in teams.items()})


def _of_team(service: str, team: str) -> str:
    return f"{KEYS[service]}_{re.sub('[^A-Z0-9]+', '_', team.upper()).strip('_')}"


def _key(service: str, team: str, given: Callable[[str], str]) -> str:
    return given(_of_team(service, team)) or given(KEYS[service])


def _fits(service: str, key: str) -> bool:
    return bool(re.fullmatch(_USABLE[service][0], key))
