"""Lays what the file says over the handbook's process."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bot.config.alert_rules import office_hours_of, rules_of
from bot.config.alerts import heartbeats_of, sources_of
from bot.config.fields import fields_of
from bot.config.follow_ups import follow_ups_of
from bot.config.handbook import (
    AFTER_ANY_OTHER,
    AFTER_IT,
    OTHER_TYPE,
    REMINDERS,
    TEAMS,
    TIMEOUT,
    TOLD_OF_MAINTENANCE,
    TYPES,
    WITHOUT_IT,
)
from bot.config.insights import insights_of
from bot.config.names import Names, Place, did_you_mean
from bot.config.paths import channel_of
from bot.config.reviews import reviews_of
from bot.config.roles import role_cards_of
from bot.config.schedules import schedules_of, window_of, zone_of
from bot.config.schema import (
    CHANNEL,
    EVERYBODY,
    HOURS,
    ON_CALL_NOW,
    PHONE,
    SLACK,
    ZONE,
    File,
    LevelEntry,
    NudgesEntry,
    OnlyEntry,
    RulesEntry,
    TeamEntry,
    TypeEntry,
)
from bot.config.services import SERVICES
from bot.domain.maintenance.maintenance import Rules
from bot.domain.oncall.schedules import OFFICE, Schedule, WorkingHours
from bot.domain.paging.contact_methods import AddressKind
from bot.domain.process import (
    CALL_ROLES,
    REPORTER,
    Archive,
    Communication,
    Contact,
    IncidentType,
    Level,
    Notice,
    Nudges,
    Only,
    Process,
    Silence,
    Team,
)
from bot.domain.process import CHANNEL as PLACE
from bot.domain.rights import Kind

NO_METHODS = {PHONE, ZONE, HOURS}
"""Keys of a person that hold no address."""


def _addresses(file: File) -> Iterator[tuple[str, AddressKind]]:
    """Yield what kind of address each contact method takes."""
    for name, url in file.contact_methods.items():
        yield name, SERVICES[url].are if url in SERVICES else AddressKind.OTHER


def _roles_on_call(file: File) -> dict[str, str]:
    """Return the role of each schedule that a team names."""
    teams = ((name, one) for name, one in file.teams.items() if one and isinstance(one.on_call, str))
    return {str(one.on_call): _role(name, one) for name, one in teams}


def process_of(file: File, names: Names) -> Process:
    schedules = schedules_of(file.schedules, _roles_on_call(file))
    channels = {
        name: channel_of(file.teams.get(name), role, schedules)
        for name, role in roles_of(file, names).items()
    }
    held = tuple(dict.fromkeys(roles_of(file, names).values()))
    teams = {name: _team(name, file.teams.get(name), names, schedules, channels) for name in names.teams}
    return Process(
        teams=MappingProxyType(teams),
        types=MappingProxyType(_types(file, names)),
        investigating_limit=file.investigating_limit,
        executive_channel=file.executive_channel,
        admins=tuple(file.admins),
        archive=Archive(file.archive.after, file.archive.private),
        silence=Silence(file.silence.after, tuple(file.silence.severities)),
        maintenance=_maintenance(file, names),
        communication=Communication(**file.communication.model_dump()),
        follow_ups=follow_ups_of(file.follow_ups),
        insights=insights_of(file.insights),
        reviews=reviews_of(file.reviews),
        nudges=Nudges(**{name: getattr(file.nudges, name) for name in NudgesEntry.model_fields}),
        declares_per_minute=file.limits.declares_per_minute,
        pages_before_digest=file.limits.pages_before_digest,
        schedules=schedules,
        contacts=MappingProxyType(dict(_contacts(file))),
        contact_methods=MappingProxyType(dict(_addresses(file))),
        default_contact=Contact(loud=_rule("loud", file, None), quiet=_rule("quiet", file, None)),
        fields=MappingProxyType(dict(fields_of(file.fields))),
        role_cards=MappingProxyType(dict(role_cards_of(file.roles, (*held, *CALL_ROLES)))),
        alert_sources=MappingProxyType(dict(sources_of(file.alerts))),
        alert_rules=rules_of(file.alerts.rules),
        alert_hours=office_hours_of(file.alerts.office_hours),
        heartbeats=MappingProxyType(dict(heartbeats_of(file.alerts))),
        guests=MappingProxyType({kind: frozenset(getattr(file.guests, kind)) for kind in Kind if kind.guest}),
    )


def _types(file: File, names: Names) -> dict[str, IncidentType]:
    """Return the types, usual ones first: what names none is of the first, and that is not to be private or
    a drill because the operator took the handbook's own types out.
    """
    types = [_type(name, file, names) for name in names.types]
    return {one.name: one for one in sorted(types, key=lambda one: one.private or one.drill)}


def _maintenance(file: File, names: Names) -> Rules:
    written = file.maintenance
    default = [team for team in TOLD_OF_MAINTENANCE if team in names.teams]
    tell = written.tell if "tell" in written.model_fields_set else default
    return Rules(tuple(written.announce), tuple(tell))


def unpaged_types(file: File, names: Names) -> Iterator[tuple[Place, str]]:
    """Yield the types that page, for want of another word, a default team that the file removes."""
    for name in names.types:
        pages = _type(name, file, names).pages
        if pages not in names.teams:
            hint = did_you_mean(pages, names.teams)
            yield (
                ("types", name),
                f"pages `{pages}` by default, and that team is removed. "
                f"Write `pages:` with another team, or remove the type with null. {hint}",
            )


def unled_types(file: File, names: Names, unread: Collection[Place] = ()) -> Iterator[tuple[Place, str]]:
    """Yield the types whose `leads` is no role of a team that they page: nobody would take the lead.

    A type that pages an `unread` team, whose entry is wrong, is left out: its role is not known.
    """
    for name, entry in file.types.items():
        if entry is None or not entry.leads or entry.leads == REPORTER:
            continue
        called = _type(name, file, names).called(high=True)
        roles = dict.fromkeys(_role(team, file.teams.get(team)) for team in called)
        if entry.leads not in roles and not any(("teams", team) in unread for team in called):
            yield (
                ("types", name, "leads"),
                f"found `{entry.leads}`, expected `{REPORTER}` or the role of a team under `pages`, `always` "
                f"or `managers`. {did_you_mean(entry.leads, (REPORTER, *roles))}",
            )


def _team(
    name: str,
    entry: TeamEntry | None,
    names: Names,
    schedules: Mapping[str, Schedule],
    channels: Mapping[str, str],
) -> Team:
    written = entry or TeamEntry()
    listed = not isinstance(written.on_call, str)
    return Team(
        name=name,
        role=_role(name, entry),
        on_call=tuple(written.on_call) if listed else (),
        schedule=None if listed else schedules[str(written.on_call)],
        path=_path(name, written, names, channels),
        repeat=written.repeat,
        channel=channels[name],
        reminders=tuple(written.reminders) if "reminders" in written.model_fields_set else REMINDERS,
        everybody=written.call == "everybody",
    )


def roles_of(file: File, names: Names) -> dict[str, str]:
    """Return the role of each team."""
    return {name: _role(name, file.teams.get(name)) for name in names.teams}


def _role(name: str, entry: TeamEntry | None) -> str:
    return (entry.role if entry else "") or TEAMS.get(name, name)


def _path(name: str, written: TeamEntry, names: Names, channels: Mapping[str, str]) -> tuple[Level, ...]:
    if written.path:
        return tuple(_level(entry, channels[entry.page]) for entry in written.path)
    after = AFTER_IT.get(name, AFTER_ANY_OTHER)
    if not written.on_call:
        after = WITHOUT_IT.get(name, after)
    return tuple(Level(team, TIMEOUT) for team in [name, *after] if team in names.teams)


def _level(entry: LevelEntry, channel: str) -> Level:
    call = {ON_CALL_NOW: "", CHANNEL: f"{PLACE}{channel}"}.get(entry.call, entry.call)
    only = entry.only or OnlyEntry()
    return Level(
        entry.page,
        entry.timeout,
        _beside_slack(entry.notify),
        needs_all=entry.acknowledge == "all",
        call=call,
        only=Only(tuple(only.severities), tuple(only.types), working=bool(only.hours)),
    )


def _beside_slack(written: Sequence[Notice]) -> tuple[Notice, ...]:
    return tuple(notice for notice in written if notice.contact_method != SLACK)


def _contacts(file: File) -> Iterator[tuple[str, Contact]]:
    rules = {_key(whose): entry for whose, entry in file.notification_rules.items()}
    for person, written in file.people.items():
        addresses = {one: address.strip() for one, address in written.items() if one not in NO_METHODS}
        loud, quiet = (_rule(which, file, rules.get(_key(person))) for which in ("loud", "quiet"))
        yield (
            _key(person),
            Contact(
                written.get(PHONE, "").strip(), MappingProxyType(addresses), loud, quiet, _hours(written)
            ),
        )


def _hours(written: Mapping[str, str]) -> WorkingHours | None:
    if ZONE not in written:
        return None
    windows = (window_of(written[HOURS]),) if HOURS in written else OFFICE
    return WorkingHours(zone_of(written[ZONE]), windows)


def _key(person: str) -> str:
    return person.lower() if "@" in person else person


def _rule(which: str, file: File, own: RulesEntry | None) -> tuple[Notice, ...]:
    """Return a person's rule for loud or quiet pages: their own, else the default, else each service's."""
    for entry in (own, file.notification_rules.get(EVERYBODY)):
        if entry and which in entry.model_fields_set:
            return _beside_slack(getattr(entry, which))
    after = {
        name: getattr(SERVICES[url], which) for name, url in file.contact_methods.items() if url in SERVICES
    }
    return tuple(Notice(name, wait) for name, wait in after.items() if wait is not None)


def _type(name: str, file: File, names: Names) -> IncidentType:
    entry = file.types.get(name) or TypeEntry()
    default = TYPES.get(name) or replace(OTHER_TYPE, name=name)
    present = {
        key: tuple(team for team in getattr(default, key) if team in names.teams)
        for key in ("always", "managers", "verified")
    }
    written = {key: getattr(entry, key) for key in entry.model_fields_set}
    lists = {key: tuple(value) for key, value in written.items() if isinstance(value, list)}
    kind = replace(default, **{**present, **written, **lists})
    if default.leads and not entry.leads:  # the type's own team, whichever that is and whatever its role is
        kind = replace(kind, leads=_role(kind.pages, file.teams.get(kind.pages)))
    return kind
