"""Can whoever is named on call be paged, in Slack and beside it?"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.checks.answers import AGAIN, call
from bot.cli.findings import Finding, Level
from bot.config import Config
from bot.config.contact_methods import described, undeliverable
from bot.domain.process import Process, Team


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is named on call, and what keeps them from being paged.

    Whom Slack would not look up is `unseen`: nobody can say whether they can be paged.
    """

    why_not: str
    id: str = ""
    email: str | None = None
    odd: str = ""
    unseen: tuple[Finding, ...] = ()


async def people_findings(
    process: Process, client: AsyncWebClient
) -> tuple[Process, list[Finding], dict[str, Known]]:
    """Return the process with only those people on call who can be paged, and what keeps the others out."""
    known: dict[str, Known] = {}
    found: list[Finding] = []
    teams = {}
    for team in process.teams.values():
        active = []
        for place, entry in _named(team):
            if entry not in known:
                known[entry] = await _looked_up(entry, client)
            if not known[entry].why_not:
                active.append(entry)
                found += known[entry].unseen
                if odd := known[entry].odd:
                    found.append(Finding(Level.WARNING, f"{place}: {entry} {odd}."))
                continue
            what = f"{place}: {entry} {known[entry].why_not}."
            found.append(Finding(Level.WARNING, what, "Name somebody else, or correct the entry."))
        if team.schedule:
            someone = set(active) & set(team.schedule.people) or team.schedule.calendar
            teams[team.name] = replace(team, schedule=team.schedule if someone else None)
        else:
            teams[team.name] = replace(team, on_call=tuple(one for one in team.on_call if one in active))
    return replace(process, teams=teams), found, known


def _named(team: Team) -> Iterator[tuple[str, str]]:
    """Yield everybody who is named on call for a team or on its path, after where that is."""
    if team.schedule:
        everybody = (*team.schedule.people, *team.schedule.shadows)
        yield from ((f"schedules.{team.schedule.name}", entry) for entry in dict.fromkeys(everybody))
    yield from ((f"teams.{team.name}.on_call[{n}]", entry) for n, entry in enumerate(team.on_call))
    levels = ((f"teams.{team.name}.path[{n}].call", one) for n, one in enumerate(team.path))
    yield from ((place, one.call) for place, one in levels if one.names_person)


async def _looked_up(entry: str, client: AsyncWebClient) -> Known:
    """Return who this is, and why this person cannot be paged."""
    by_email = "@" in entry
    method, key = ("users.lookupByEmail", "email") if by_email else ("users.info", "user")
    answer = await call(client, method, **{key: entry})
    if answer.error in {"users_not_found", "user_not_found", "user_not_visible"}:
        return Known("is nobody in this workspace")
    if answer.error:
        unknown = Finding(Level.WARNING, f"{entry} could not be looked up: {answer.error}.", AGAIN)
        return Known("", unseen=tuple(answer.lacking) or (unknown,))
    user = answer.data["user"]
    if user.get("deleted"):
        return Known("is deactivated in Slack")
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return Known("is a bot")
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        guest = (
            "is a guest, whom Slack lets into few channels: a page arrives, the incident's channel may not"
        )
        return Known("", user["id"], entry if by_email else _email_of(user), guest)
    return Known("", user["id"], entry if by_email else _email_of(user))


def _email_of(user: Mapping[str, Any]) -> str | None:
    return (user.get("profile") or {}).get("email")


def contact_method_findings(
    config: Config, present: Process, known: Mapping[str, Known], reached: Collection[str]
) -> Iterator[Finding]:
    """Say what there is beside Slack."""
    if not config.contact_methods:
        what = "No contact methods are configured: only Slack wakes people, and it may be away with the rest."
        yield Finding(Level.HINT, what, "See contact methods in docs/configuration.md.")
        return
    for text in undeliverable(config.contact_methods, config.process.contacts):
        yield Finding(Level.WARNING, text)
    for name, contact_method in config.contact_methods.items():
        addresses = [
            each.addresses[name] for each in config.process.contacts.values() if name in each.addresses
        ]
        people = "1 person" if len(addresses) == 1 else f"{len(addresses)} people"
        yield Finding(
            Level.OK,
            f"contact_methods.{name}: {people} can be reached by {described(contact_method, addresses)}.",
        )
    for entry in present.named:
        if known[entry].why_not:
            continue
        contact = config.process.contact(known[entry].id, known[entry].email)
        if not contact.addresses and known[entry].id not in reached:
            cure = f"Let them add a phone on the Home tab, or name an address under people.{entry}."
            yield Finding(Level.HINT, f"{entry} is on call, and only Slack reaches them.", cure)
        if not contact.phone:
            cure = f"Name it under people.{entry}."
            yield Finding(Level.HINT, f"{entry} is on call and has no phone number to call by hand.", cure)


def on_call_findings(process: Process, known: Mapping[str, Known]) -> Iterator[Finding]:
    for team in process.teams.values():
        called = team.on_call if team.everybody else team.on_call[:1]
        if called and not known[called[0]].unseen:
            yield Finding(Level.OK, f"On call for {team.name}: {', '.join(called)}.")
