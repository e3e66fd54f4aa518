"""What the operator decides: complete, or refused with every problem named at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config.alert_rules import odd_rules
from bot.config.contact_methods import (
    ContactMethods,
    contact_methods_of,
    odd_contact_methods,
    undeliverable,
    with_files,
    withheld,
)
from bot.config.document import Document, read
from bot.config.environment import Secrets, config_url, from_file
from bot.config.fields import odd_fields
from bot.config.findings import problems_in
from bot.config.names import Names, Place, odd_names, section
from bot.config.paths import odd_levels, odd_paths
from bot.config.problems import ConfigInvalid
from bot.config.process import process_of, roles_of, unled_types, unpaged_types
from bot.config.roles import odd_roles
from bot.config.schedules import odd_schedules
from bot.config.schema import File
from bot.config.setting_aside import set_aside
from bot.config.staffing import gaps
from bot.config.statuspage import VARIABLES, StatuspageSettings, odd_statuspage, statuspage_of
from bot.config.trackers import TRACKERS, AnyTracker, settings_of, untracked_because
from bot.config.webhook_entries import webhooks_of
from bot.config.webhooks import WebhookSettings
from bot.domain.process import CALL_ROLES, Process

__all__ = ["Config", "ConfigInvalid", "Secrets", "load"]


@dataclass(frozen=True, slots=True)
class Config:
    """The organisation's process, and what is odd about it.

    With anything in `fatal` a page would reach nobody, so the bot must not start. What is `withheld` must
    not be logged. People read it at `url`.
    """

    process: Process
    warnings: tuple[str, ...] = ()
    fatal: tuple[str, ...] = ()
    contact_methods: ContactMethods = field(default_factory=dict, repr=False)
    withheld: tuple[str, ...] = field(default=(), repr=False)
    url: str | None = None
    tracker: AnyTracker | None = None
    statuspage: StatuspageSettings | None = None
    webhooks: tuple[WebhookSettings, ...] = ()


def load(path: Path | None, environ: Mapping[str, str] | None = None, *, sends: bool = True) -> Config:
    """Return the configuration in `path`, or the handbook's own process; raise ConfigInvalid.

    What the file names as `${NAME}` is taken from `environ`, or from the file that `NAME_FILE` names there.
    For what never `sends` it need not be there: nothing can leave by such contact methods.
    """
    document = read(path) if path else Document.empty()
    environ = with_files(document.data, environ or {}) if sends else (environ or {})
    secrets = environ if sends else None
    tracker, untracked, aside = _tracker(document, environ, sends=sends)
    statuspage, unpublished = _status_page(document, environ, sends=sends)
    webhooks, unsent = webhooks_of(document, environ, sends=sends)
    context = _context(document, path.parent if path else Path(), secrets, environ)
    aside |= unpublished | unsent | set_aside(document, context)
    file = _validated(document, secrets, context)
    process = replace(process_of(file, Names.of(document.data)), set_aside=aside)
    if statuspage:
        process = replace(process, communication=statuspage.of(process.communication))
    fatal, warnings = gaps(process)
    contact_methods = contact_methods_of(document.data, secrets or {})
    return Config(
        process,
        (
            *warnings,
            *odd_schedules(process),
            *aside.values(),
            *odd_rules(file.alerts.rules, file.alerts.sources),
            *odd_levels(process),
            *(undeliverable(contact_methods, process.contacts) if sends else ()),
            *untracked,
            *(odd_statuspage(statuspage) if sends else ()),
        ),
        fatal,
        contact_methods,
        (*withheld(document.data, environ, process.contacts), *_secrets(tracker, statuspage, *webhooks)),
        config_url(environ),
        tracker,
        statuspage,
        webhooks,
    )


def _tracker(
    document: Document, environ: Mapping[str, str], *, sends: bool
) -> tuple[AnyTracker | None, list[str], dict[str, str]]:
    """Return where incidents have issues, and why they have none. No page needs it: what is wrong here is set
    aside, which is returned too, and taken out of the document.
    """
    settings: AnyTracker | None = None
    odd: list[str] = []
    aside: dict[str, str] = {}
    for name in TRACKERS:
        if not isinstance(document.data, dict) or document.data.get(name) is None:
            continue
        if settings:
            odd.append(f"{name}: an incident has one issue, which another section makes. Remove one of them.")
            continue
        settings, wrong = _tracker_of(name, document, environ, sends=sends)
        if settings:
            odd += untracked_because(name, settings) if sends else []
        else:
            del document.data[name]
            aside[name] = " ".join([*wrong, "So no issue is made."])
    return settings, odd, aside


def _tracker_of(
    name: str, document: Document, environ: Mapping[str, str], *, sends: bool
) -> tuple[AnyTracker | None, list[str]]:
    """Return the settings of one section, or what is wrong with it."""
    try:
        entry = getattr(File.model_validate({name: document.data[name]}), name)
        given = {key: from_file(environ, key) for key in TRACKERS[name]} if sends else {}
    except ValidationError as error:
        return None, [problem.sentence for problem in problems_in(error, document)]
    except ConfigInvalid as error:
        return None, [*error.problems]
    return settings_of(entry, {**environ, **{key: value for key, value in given.items() if value}}), []


def _status_page(
    document: Document, environ: Mapping[str, str], *, sends: bool
) -> tuple[StatuspageSettings | None, dict[str, str]]:
    """Return where what is published goes. What is wrong here is set aside too, and taken out of the
    document.
    """
    if not isinstance(document.data, dict) or document.data.get("statuspage") is None:
        return None, {}
    try:
        entry = File.model_validate({"statuspage": document.data["statuspage"]}).statuspage
        found = {name: from_file(environ, name) for name in VARIABLES} if sends else {}
    except ValidationError as error:
        wrong = [problem.sentence for problem in problems_in(error, document)]
    except ConfigInvalid as error:
        wrong = [*error.problems]
    else:
        assert entry
        given = {**environ, **{name: value for name, value in found.items() if value}}
        return statuspage_of(entry, given), {}
    del document.data["statuspage"]
    return None, {"statuspage": " ".join([*wrong, "So nothing is published by Muster."])}


def _secrets(*settings: AnyTracker | StatuspageSettings | WebhookSettings | None) -> tuple[str, ...]:
    return tuple(secret for one in settings if one for secret in one.secrets)


def _context(
    document: Document, folder: Path, environ: Mapping[str, str] | None, variables: Mapping[str, str]
) -> dict[str, Any]:
    """Return what entries are held against. Without an `environ` secrets are left alone, but for calendars'
    addresses.
    """
    names = Names.of(document.data)
    return {
        "teams": names.teams,
        "contact_methods": names.contact_methods,
        "schedules": names.schedules,
        "environ": environ,
        "variables": variables,
        "folder": folder,
        "types": names.types,
    }


def _validated(document: Document, environ: Mapping[str, str] | None, context: dict[str, Any]) -> File:
    """Return what is written, or raise ConfigInvalid."""
    names = Names.of(document.data)
    odd = [*odd_names(document.data), *odd_contact_methods(document.data, environ)]
    problems = [*document.problems, *(document.problem(*one) for one in odd)]
    try:
        file = File.model_validate(document.data, context=context)
        odd = [
            *unpaged_types(file, names),
            *unled_types(file, names),
            *odd_paths(file, roles_of(file, names)),
            *odd_fields(file.fields),
            *odd_roles(file.roles, (*roles_of(file, names).values(), *CALL_ROLES)),
        ]
    except ValidationError as error:
        problems += problems_in(error, document)
        odd = _odd_in_the_rest(document.data, error, names, context)
    problems += [document.problem(*one) for one in odd]
    if problems:
        raise ConfigInvalid(problem.sentence for problem in sorted(problems))
    return file


def _odd_in_the_rest(
    data: Any, error: ValidationError, names: Names, context: dict[str, Any]
) -> list[tuple[Place, str]]:
    """Return which types are odd where no entry is wrong by itself, so that all is said at once."""
    wrong = {found["loc"][:2] for found in error.errors()}
    rest = {
        key: {name: entry for name, entry in section(data, key).items() if (key, name) not in wrong}
        for key in ("teams", "types", "schedules")
    }
    try:
        file = File.model_validate(rest, context=context)
    except ValidationError:
        return []
    paths = odd_paths(file, roles_of(file, names))
    return [one for one in (*unled_types(file, names, wrong), *paths) if one[0][:2] not in wrong]
