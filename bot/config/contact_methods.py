"""Contact methods: how a page leaves without Slack, by a service of ours or whatever Apprise knows.

A contact method is the name of a service of ours, or an Apprise URL. `${NAME}` in a URL comes from the
environment, as secrets do not stand in the file, and `{address}` is each person's own. Both are
percent-encoded, so that a value stays one part of the URL.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Any
from urllib.parse import quote, unquote

from pydantic_core import PydanticCustomError

from bot.config.files import from_file
from bot.config.names import Place, did_you_mean, section
from bot.config.problems import ConfigInvalid
from bot.config.schedules import window_of, zone_of
from bot.config.schema import EVERYBODY, HOURS, PHONE, SLACK, ZONE
from bot.config.services import SERVICES, odd_settings, settings_of
from bot.domain.errors import Refused
from bot.domain.paging.contact_methods import address_of
from bot.domain.process import Contact

ADDRESS = "{address}"
SAMPLES = ("+442079460000", "someone@example.com", "someone")
"""Addresses of the kinds there are, to try a contact method with that nobody has an address behind."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_IN_HOST = re.compile(r"(?:://(?=[^/?#@]*(?:[/?#]|$))|@)\$\{([^}]*)\}(?=[:/?]|$)")
_HOST = re.compile(r"[\w.-]+(?::\d+)?")
_PARTS = re.compile(r"[/?#@:%]")
"""What would make a host's name more than one part of the URL."""
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,29}")
_RESERVED = {
    SLACK: "it is the first contact method, by which every page goes out",
    PHONE: "people are called by hand there",
    ZONE: "a person's time zone stands there",
    HOURS: "a person's working hours stand there",
}


@dataclass(frozen=True, slots=True)
class ContactMethod:
    """A way out. Neither its URL nor an address is ever shown. A service of ours has `settings`."""

    name: str
    template: str = field(repr=False)
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def service(self) -> str | None:
        """The service of ours that it is; None for an Apprise URL."""
        return self.template if self.template in SERVICES else None

    def url(self, address: str) -> str:
        """Return the Apprise URL that reaches this address."""
        return self.template.replace(ADDRESS, quote(address, safe=""))


ContactMethods = Mapping[str, ContactMethod]


def contact_methods_of(data: Any, environ: Mapping[str, str]) -> ContactMethods:
    """Return the contact methods of a file without problems."""
    found = {
        name: ContactMethod(name, template, MappingProxyType(dict(settings_of(template, environ))))
        if template in SERVICES
        else ContactMethod(name, _filled(template, environ))
        for name, template in section(data, "contact_methods").items()
    }
    return MappingProxyType(found)


def with_files(data: Any, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment with what the file names and `<name>_FILE` holds. Raises ConfigInvalid."""
    spared = {name for secret in _alert_secrets(data) for name in _VARIABLE.findall(secret)}
    read = {}
    for name in set(_named(data)):
        try:
            read[name] = from_file(environ, name)
        except ConfigInvalid:
            if name not in spared:  # without its secret a source of alerts is set aside
                raise
    return {**environ, **{name: found for name, found in read.items() if found}}


def _templates(data: Any) -> list[str]:
    return [written for written in section(data, "contact_methods").values() if isinstance(written, str)]


def _calendar_urls(data: Any) -> list[str]:
    each = (section(schedule, "calendar").get("url") for schedule in section(data, "schedules").values())
    return [url for url in each if isinstance(url, str)]


def _alert_secrets(data: Any) -> list[str]:
    sources = section(section(data, "alerts"), "sources").values()
    each = (one.get("secret") for one in sources if isinstance(one, dict))
    return [secret for secret in each if isinstance(secret, str)]


def _named(data: Any) -> Iterator[str]:
    """Yield the variables that contact methods, calendars and alerts take from the environment."""
    for written in (*_calendar_urls(data), *_alert_secrets(data)):
        yield from _VARIABLE.findall(written)
    for template in _templates(data):
        yield from SERVICES[template].variables if template in SERVICES else _VARIABLE.findall(template)


def odd_contact_methods(data: Any, environ: Mapping[str, str] | None) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with the contact methods, and with people's keys that name none.

    Without an environment nothing is sent: what the methods need of it is left alone.
    """
    people = section(data, "people")
    for name, template in section(data, "contact_methods").items():
        behind = {person: str(written[name]) for person, written in people.items() if _has(written, name)}
        for problem in _odd(name, template, environ, list(behind.values())):
            yield ("contact_methods", name), problem
        if isinstance(template, str) and template in SERVICES:
            yield from _unusable(name, template, behind)
    yield from _odd_people(people, (PHONE, ZONE, HOURS, *map(str, section(data, "contact_methods"))))
    yield from _rules_of_nobody(data, people)


def _odd(name: Any, template: Any, environ: Mapping[str, str] | None, addresses: list[str]) -> Iterable[str]:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return ["is no name for a contact method: a letter, then letters, digits, - or _, all lower case"]
    if name in _RESERVED:
        return [f"`{name}` is reserved: {_RESERVED[name]}. Give the contact method another name"]
    if not isinstance(template, str) or environ is None:
        return []
    return (
        odd_settings(template, environ)
        if template in SERVICES
        else _odd_url(name, template, environ, addresses)
    )


def _rules_of_nobody(data: Any, people: Mapping[Any, Any]) -> Iterator[tuple[Place, str]]:
    named = {EVERYBODY, *(str(person).lower() for person in people)}
    for person in section(data, "notification_rules"):
        if str(person).lower() not in named:
            cure = "has rules and no entry under `people`: name their addresses there"
            yield ("notification_rules", person), cure


def _unusable(name: str, service: str, addresses: Mapping[Any, str]) -> Iterator[tuple[Place, str]]:
    """Yield whose address the service cannot use: a number without a country code, no e-mail address."""
    for person, address in addresses.items():
        try:
            address_of(SERVICES[service].are, address)
        except Refused as error:
            yield ("people", person, name), str(error).removeprefix("This ").rstrip(".")


def undeliverable(contact_methods: ContactMethods, contacts: Mapping[str, Contact]) -> Iterator[str]:
    """Yield a sentence for each address that its method seems to leave out, without the address itself."""
    for person, contact in contacts.items():
        for name, address in contact.addresses.items():
            if not contact_methods[name].service and not takes(contact_methods[name].url(address), address):
                yield (
                    f"people.{person}.{name}: the method does not seem to take this address. Write it as the "
                    "service wants it, such as +44 20 7946 0000, and try it with /inc test-page."
                )


def withheld(data: Any, environ: Mapping[str, str], contacts: Mapping[str, Contact]) -> tuple[str, ...]:
    """Return what must reach no log: the methods' and calendars' URLs and what is put into them, numbers and
    addresses.
    """
    templates = _templates(data)
    found = {_filled(template, environ) for template in templates if template not in SERVICES}
    found |= {environ.get(name, "").strip() for name in _named(data)} | {*_calendar_urls(data)}
    for contact in contacts.values():
        found |= {contact.phone, *contact.addresses.values()}
        found |= {quote(address, safe="") for address in contact.addresses.values()}
    return tuple(sorted(one for one in found if len(one) > 3))


def apprise() -> ModuleType:
    """Load Apprise, which takes long, where a URL of its kind is configured."""
    return import_module("apprise")


def understood(url: str) -> Any:
    """Return what Apprise makes of a URL, or None. It would log the URL itself, so it is kept quiet."""
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return apprise().Apprise.instantiate(url, suppress_exceptions=True)


def takes(url: str, address: str) -> bool:
    """Say whether the address is in what Apprise made of the URL: it drops one that it finds odd."""
    service = understood(url)
    return service is not None and _bare(address) in _bare(unquote(str(service)))


def _odd_people(people: Mapping[Any, Any], known: tuple[str, ...]) -> Iterator[tuple[Place, str]]:
    """Yield people's keys that name no contact method, and phone numbers that not everybody could call."""
    for person, written in people.items():
        for key, value in written.items() if isinstance(written, Mapping) else ():
            if key not in known:
                yield ("people", person, key), f"is no contact method. {did_you_mean(key, known)}"
            if key == PHONE and isinstance(value, str) and value and not value.strip().startswith("+"):
                yield ("people", person, key), "lacks its country code. Write it like +44 20 7946 0000"
        yield from _odd_hours(person, written)


def _odd_hours(person: Any, written: Any) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with a person's time zone and working hours."""
    said = written if isinstance(written, Mapping) else {}
    for key, read in ((ZONE, zone_of), (HOURS, window_of)):
        try:
            if isinstance(said.get(key), str):
                read(said[key])
        except PydanticCustomError as error:
            yield ("people", person, key), f"found `{said[key]}`, expected {error.message()}"
    if HOURS in said and ZONE not in said:
        yield ("people", person, HOURS), f"is of no use without `{ZONE}`. Write the time zone too"


def _odd_url(name: str, template: str, environ: Mapping[str, str], addresses: list[str]) -> Iterator[str]:
    missing = [variable for variable in _VARIABLE.findall(template) if not environ.get(variable, "").strip()]
    for variable in dict.fromkeys(missing):
        yield f"${{{variable}}} is not in the environment. Set {variable} where muster is started"
    if ADDRESS not in template and "://" not in template and not missing:
        yield f"is no service and no Apprise URL. {did_you_mean(template, tuple(SERVICES))}"
    elif ADDRESS not in template:
        yield f"the URL lacks {ADDRESS}, the place of each person's own address under `people`"
    if missing or ADDRESS not in template:
        return
    yield from _ambiguous(template, environ)
    contact_method = ContactMethod(name, _filled(template, environ))
    if not any(understood(contact_method.url(address)) for address in (*addresses, *SAMPLES)):
        yield f"Apprise does not understand this URL. {_hint(contact_method.template)}"


def _ambiguous(template: str, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield where services would read another host than the operator meant, without showing a value."""
    for variable in _IN_HOST.findall(template):
        written = environ[variable].strip()
        if not _HOST.fullmatch(written) and (odd := _PARTS.search(written)):
            yield (
                f"{variable} holds {odd[0]} where the URL has its host. Keep only the host's name and "
                "perhaps its port in it, and write the rest into the URL"
            )
    authority = re.split(r"[/?#]", _filled(template, environ).partition("://")[2], maxsplit=1)[0]
    if authority.count("@") > 1:
        yield "the URL has more than one @ before its first /. Write each that belongs to a value as %40"


def described(contact_method: ContactMethod, addresses: Iterable[str]) -> str:
    """Return which service a contact method is, at which host, and for whom, with little of each address."""
    behind = ", ".join(f"{address[:1]}…{address[-2:]}" if len(address) > 5 else "…" for address in addresses)
    return _titled(contact_method, addresses) + (f", for {behind}" if behind else "")


def _titled(contact_method: ContactMethod, addresses: Iterable[str]) -> str:
    if contact_method.service:
        return SERVICES[contact_method.service].title
    services = [understood(contact_method.url(address)) for address in (*addresses, *SAMPLES)]
    service = next(one for one in services if one)
    host = f" at {service.host}" if "host" in service.template_tokens and service.host else ""
    return f"{service.service_name}{host}"


def _hint(url: str) -> str:
    """Say how such a URL looks, without showing anything of it but its scheme."""
    scheme, found, _ = url.partition("://")
    forms = {
        str(name): [str(form) for form in service["details"]["templates"]]
        for service in apprise().Apprise().details()["schemas"]
        for kind in ("protocols", "secure_protocols")
        for name in service[kind] or ()
    }
    if found and scheme.lower() in forms:
        form = max(forms[scheme.lower()], key=len).replace("{schema}", scheme)
        return f"Expected {form}, with {ADDRESS} in the place of the targets"
    near = did_you_mean(f"{scheme.lower()}://", [f"{each}://" for each in sorted(forms)])
    return (
        near
        if near.startswith("Did")
        else "Its services are listed at https://github.com/caronc/apprise/wiki"
    )


def _filled(template: str, environ: Mapping[str, str]) -> str:
    """Put the values in, each as one part of the URL. One that is a whole URL's beginning stays as it is."""

    hosts = {found.start(1) for found in _IN_HOST.finditer(template)}

    def value(found: re.Match[str]) -> str:
        written = environ.get(found[1], "").strip()
        begins = found.start() == 0 and "://" in written
        if begins or (found.start(1) in hosts and _HOST.fullmatch(written)):
            return written
        return quote(written, safe="" if "?" in template[: found.start()] else "+")

    return _VARIABLE.sub(value, template)


def _has(written: Any, contact_method: str) -> bool:
    return isinstance(written, Mapping) and bool(written.get(contact_method))


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
