"""What `muster.yml` says of status pages: our own one, and those of other services."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from bot.config.services import SMTP, odd_settings, settings_of
from bot.config.values import STRICT, Name, wrong
from bot.domain.process import Communication, Component, StatusPage

STATUS_IO_ID, STATUS_IO_KEY, ATLASSIAN_KEY = "STATUSIO_API_ID", "STATUSIO_API_KEY", "STATUSPAGE_API_KEY"
SMTP_URL, SMTP_FROM = "SMTP_URL", "SMTP_FROM"
VARIABLES = (STATUS_IO_ID, STATUS_IO_KEY, ATLASSIAN_KEY, SMTP_URL, SMTP_FROM)
STATUS_IO, ATLASSIAN = "status.io", "Statuspage"
"""What people call these services."""
NUMBER = "the number of a page, as the service shows it"
SERVER = "the address of an API, such as https://api.statuspage.io/v1"
LISTEN = "an address and a port to listen on, such as 127.0.0.1:8090"
ADDRESS = "the address at which customers open it, such as https://status.example.com"
FLAG = "true or false: whether subscribers are sent a message with each text"
MAILS = "true or false: whether customers can subscribe by e-mail"
PART = "the number of a component there"


def _matching(pattern: str, expected: str) -> AfterValidator:
    def check(raw: str) -> str:
        if not re.fullmatch(pattern, raw):
            raise wrong(expected)
        return raw.rstrip("/")

    return AfterValidator(check)


def _listen(raw: str) -> str:
    host, _, port = raw.rpartition(":")
    if not re.fullmatch(r"[\w.-]+|\[[0-9a-fA-F:]+\]", host) or not port.isascii() or not port.isdigit():
        raise wrong(LISTEN)
    if not 0 <= int(port) <= 65535:
        raise wrong(LISTEN)
    return raw


_Number = Annotated[str, _matching(r"[\w-]{1,100}", NUMBER)]
_Server = Annotated[str, _matching(r"https?://[\w.:-]+(?:/[\w./-]*)?", SERVER)]
_Address = Annotated[str, _matching(r"https?://[\w.:-]+(?:/[\w./-]*)?", ADDRESS)]


class ComponentEntry(BaseModel):
    """What customers know as one part of the product."""

    model_config = STRICT
    services: list[Name] = Field(default=[], description="a list of affected services, such as [web, git]")
    status_io: str = Field(default="", description="<component>-<container>, as status.io numbers them")
    atlassian: str = Field(default="", description=PART)


class StatusIoEntry(BaseModel):
    model_config = STRICT
    page: _Number = Field(description=NUMBER)
    notify: bool = Field(description=FLAG)
    url: _Server = Field(default="https://api.status.io/v2", description=SERVER)


class AtlassianEntry(BaseModel):
    model_config = STRICT
    page: _Number = Field(description=NUMBER)
    notify: bool = Field(description=FLAG)
    url: _Server = Field(default="https://api.statuspage.io/v1", description=SERVER)


class StatuspageEntry(BaseModel):
    """Where what is published goes."""

    model_config = STRICT
    name: Name = Field(default="Status", description="what heads the page, such as Example status")
    components: dict[Name, ComponentEntry | None] = Field(
        default={}, max_length=100, description="a mapping of at most 100 components to their keys"
    )
    status_io: StatusIoEntry | None = Field(default=None, description="a mapping with `page` and `notify`")
    atlassian: AtlassianEntry | None = Field(default=None, description="a mapping with `page` and `notify`")
    listen: Annotated[str, AfterValidator(_listen)] | None = Field(default=None, description=LISTEN)
    url: _Address | None = Field(default=None, description=ADDRESS)
    export_dir: str | None = Field(default=None, min_length=1, description="a folder to write the page to")
    email: bool = Field(default=False, description=MAILS)


@dataclass(frozen=True, slots=True)
class PageSettings:
    """One page of another service: `components` are its numbers of ours, by their names."""

    name: str
    url: str
    page: str
    notify: bool
    components: Mapping[str, str]
    keys: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatuspageSettings:
    """Where what is published goes: our own page, and the `pages` that we have a key for."""

    name: str
    components: tuple[Component, ...] = ()
    pages: tuple[PageSettings, ...] = ()
    listen: str | None = None
    url: str = ""
    export_dir: str | None = None
    keyless: tuple[str, ...] = ()
    mail: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The mail server and the sender, where subscribers are mailed."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must reach no log."""
        server = (self.mail[SMTP_URL],) if self.mail else ()
        return (*(key for page in self.pages for key in page.keys), *server)

    def of(self, communication: Communication) -> Communication:
        """Return what the rules know of how people publish."""
        pages = tuple(StatusPage(one.name, one.notify) for one in self.pages)
        return replace(
            communication,
            status_page=communication.status_page or self.url or None,
            publishes=True,
            pages=pages,
            components=self.components,
            page_name=self.name,
            mails=bool(self.mail),
        )


def statuspage_of(entry: StatuspageEntry, environ: Mapping[str, str]) -> StatuspageSettings:
    """Return the settings with what the environment has for them."""
    known = {name: environ.get(name, "").strip() for name in VARIABLES}
    parts = {name: one or ComponentEntry() for name, one in entry.components.items()}
    pages, keyless = [], []
    for name, found, variables, numbers in (
        (STATUS_IO, entry.status_io, VARIABLES[:2], {key: one.status_io for key, one in parts.items()}),
        (ATLASSIAN, entry.atlassian, VARIABLES[2:3], {key: one.atlassian for key, one in parts.items()}),
    ):
        if found and (missing := [one for one in variables if not known[one]]):
            keyless.append(f"statuspage: {' and '.join(missing)} not set, so nothing is sent to {name}.")
        elif found:
            keys = tuple(known[one] for one in variables)
            given = {key: number for key, number in numbers.items() if number}
            pages.append(PageSettings(name, found.url, found.page, found.notify, given, keys))
    components = tuple(Component(name, tuple(one.services)) for name, one in parts.items())
    mail, unmailed = _mail(entry, environ)
    return StatuspageSettings(
        *(entry.name, components, tuple(pages), entry.listen, entry.url or "", entry.export_dir),
        (*keyless, *unmailed),
        mail,
    )


def _mail(entry: StatuspageEntry, environ: Mapping[str, str]) -> tuple[Mapping[str, str], list[str]]:
    """Return what mail is sent with, and what is missing for it."""
    if not entry.email:
        return {}, []
    lacks = [name for name, there in (("listen", entry.listen), ("url", entry.url)) if not there]
    wrong = [f"`statuspage.{one}` is not set" for one in lacks] + [*odd_settings(SMTP, environ)]
    if wrong:
        return {}, [f"statuspage: {'; '.join(wrong)}, so nobody can subscribe by e-mail."]
    return settings_of(SMTP, environ), []


def odd_statuspage(settings: StatuspageSettings | None) -> Iterator[str]:
    """Yield what is odd: pages leave all the same."""
    if not settings:
        return
    yield from settings.keyless
    for page in settings.pages:
        lacking = [one.name for one in settings.components if one.name not in page.components]
        if lacking:
            yield f"statuspage: {page.name} has no number for {', '.join(lacking)}, so it is not shown there."
