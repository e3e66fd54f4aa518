"""What the operator decides: complete, or refused with every problem named at once."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config.alert_rules import odd_rules
from bot.config.calls import CallSettings, unmade_calls
from bot.config.contact_methods import (
    ContactMethods,
    contact_methods_of,
    odd_contact_methods,
    undeliverable,
    with_files,
    withheld,
)
from bot.config.document import Document, read
from bot.config.environment import Secrets, config_url
from bot.config.fields import fields_of, odd_fields
from bot.config.findings import problems_in
from bot.config.insights import odd_insights
from bot.config.names import Names, Place, odd_names, section
from bot.config.outside import outside_of
from bot.config.pagers import PagerSettings
from bot.config.paths import odd_levels, odd_paths
from bot.config.problems import ConfigInvalid
from bot.config.process import process_of, roles_of, unled_types, unpaged_types
from bot.config.roles import odd_roles
from bot.config.schedules import odd_schedules
from bot.config.schema import File
from bot.config.setting_aside import keys_of, set_aside
from bot.config.spared import SPARED, Spared
from bot.config.staffing import gaps
from bot.config.statuspage import StatuspageSettings
from bot.config.trackers import AnyTracker
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
    calls: CallSettings = field(default_factory=CallSettings)
    pagers: tuple[PagerSettings, ...] = ()

    def without(self, aside: Mapping[str, str]) -> "Config":
        """Return it with more that is set aside, of the environment."""
        process = replace(self.process, set_aside={**self.process.set_aside, **aside})
        return replace(self, process=process, warnings=(*self.warnings, *aside.values()))


def load(path: Path | None, environ: Mapping[str, str] | None = None, *, sends: bool = True) -> Config:
    """Return the configuration in `path`, or the handbook's own process; raise ConfigInvalid.

    What the file names as `${NAME}` is taken from `environ`, or from the file that `NAME_FILE` names there.
    For what never `sends` it need not be there: nothing can leave by such contact methods.
    """
    document = read(path) if path else Document.empty()
    environ = with_files(document.data, environ or {}) if sends else (environ or {})
    secrets = environ if sends else None
    outside = outside_of(document, environ, sends=sends)
    context = _context(document, path.parent if path else Path(), secrets, environ)
    url, unlinked = config_url(environ)
    keys, aside = keys_of(document), {**outside.set_aside, **set_aside(document, context), **unlinked}
    file = _validated(document, secrets, context, aside)
    left = {name: key for name, key in keys.items() if name in aside}
    process = process_of(file, Names.of(document.data))
    process = outside.within(replace(process, set_aside=aside, aside_keys=left))
    fatal, warnings = gaps(process)
    contact_methods = contact_methods_of(document.data, secrets or {})
    return Config(
        process,
        (
            *warnings,
            *odd_schedules(process),
            *aside.values(),
            *_odd(file, process),
            *(undeliverable(contact_methods, process.contacts) if sends else ()),
            *outside.warnings,
            *unmade_calls(outside.calls, process.types),
        ),
        fatal,
        contact_methods,
        (*withheld(document.data, environ, process.contacts), *outside.secrets),
        url,
        outside.tracker,
        outside.statuspage,
        outside.webhooks,
        outside.calls,
        outside.pagers,
    )


def _odd(file: File, process: Process) -> Iterator[str]:
    yield from odd_rules(file.alerts.rules, file.alerts.sources)
    yield from odd_levels(process)


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


def _validated(
    document: Document, environ: Mapping[str, str] | None, context: dict[str, Any], aside: dict[str, str]
) -> File:
    """Return what is written, and add what no page needs of it and is wrong to what is set `aside`; or raise
    ConfigInvalid.
    """
    spared = Spared(document)
    spared.read(context)
    while True:
        with suppress(_TakenOut):
            file = _tried(document, environ, context, spared)
            aside |= spared.aside
            return file


class _TakenOut(Exception):
    """Something that no page needs was wrong: what is left is looked at again."""


def _tried(
    document: Document, environ: Mapping[str, str] | None, context: dict[str, Any], spared: Spared
) -> File:
    names = Names.of(document.data)
    odd = [*odd_names(document.data), *odd_contact_methods(document.data, environ)]
    problems = [*document.repeated.values()]
    try:
        file = File.model_validate(document.data, context=context)
        odd += [
            *unpaged_types(file, names),
            *unled_types(file, names),
            *odd_paths(file, roles_of(file, names)),
            *odd_fields(file.fields),
            *odd_insights(file.insights, [name for name, _ in fields_of(file.fields)]),
            *odd_roles(file.roles, (*roles_of(file, names).values(), *CALL_ROLES)),
        ]
    except ValidationError as error:
        problems += problems_in(error, document)
        odd += _odd_in_the_rest(document.data, error, names, context)
    needed = [one for one in odd if one[0][0] not in SPARED]
    problems += [document.problem(*one) for one in needed]
    taken = spared.take(one for one in odd if one not in needed)
    if problems:
        raise ConfigInvalid(problem.sentence for problem in sorted([*problems, *spared.problems]))
    if taken:
        raise _TakenOut
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
