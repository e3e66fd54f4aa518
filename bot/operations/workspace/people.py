"""What Slack tells of the workspace: its people and channels."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.errors import NotThem
from bot.domain.oncall.absences import away_until
from bot.domain.rights import Kind, Right
from bot.operations.oncall.away import follow_status
from bot.operations.oncall.rota import look_soon
from bot.operations.workspace.leaving import mind_the_gone
from storage import people, places, reading
from storage.people import Person
from storage.places import Place
from storage.reading import Part
from storage.transaction import Tx


def changed(tx: Tx, slack_user: Mapping[str, Any]) -> None:
    """Follow a change of one person: deactivated, renamed, a new address, away."""
    before, now = people.get(tx, slack_user["id"]), person_of(slack_user)
    people.record(tx, [now])
    follow_status(tx, now.id, away_until(slack_user.get("profile") or {}, tx.now))
    if before and before.active != now.active:
        for name in tx.process.schedules:
            look_soon(tx, name)
    mind_the_gone(tx)


def learned(tx: Tx, found: Iterable[Person], channels: Iterable[Place]) -> None:
    """Write what a look at the workspace shows."""
    people.record(tx, found)
    places.record(tx, channels)
    mind_the_gone(tx)


def learned_page(
    tx: Tx, found: Iterable[Person], channels: Iterable[Place], part: Part, following: str | None
) -> None:
    """Write one page of a list, and where the next one begins."""
    learned(tx, found, channels)
    reading.went_on(tx, part, following)


def refuse_inactive(tx: Tx, person: str) -> None:
    """Refuse to give work to somebody who left, to a bot, or to whom the workspace does not have."""
    known = people.get(tx, person)
    # until Slack's list was read to its end, one of whom it has not told us yet may be in it
    if not known.active if known else reading.whole(tx, Part.PEOPLE):
        raise NotThem(f"<@{person}> is not an active member of this workspace. Choose somebody who is.")


def refuse_for_role(tx: Tx, person: str) -> None:
    """Refuse to give a shift, a role or the lead to who is inactive, or may not do its work as a guest."""
    refuse_inactive(tx, person)
    known = people.get(tx, person)
    if known and Right.WORK not in tx.process.may(known.kind):
        raise NotThem(f"<@{person}> is a guest, or of another workspace. Choose a member of this workspace.")


def person_of(slack_user: Mapping[str, Any]) -> Person:
    """Return what matters of Slack's user object."""
    profile = slack_user.get("profile") or {}
    name = profile.get("display_name") or slack_user.get("real_name") or slack_user.get("name") or ""
    is_person = not slack_user.get("is_bot") and slack_user["id"] != "USLACKBOT"
    return Person(
        id=slack_user["id"],
        name=name,
        email=profile.get("email"),
        active=is_person and not slack_user.get("deleted", False),
        tz=slack_user.get("tz"),
        kind=_kind(slack_user, is_person),
        team=slack_user.get("team_id") or "",
        full_name=" ".join((slack_user.get("real_name") or "").split()),
    )


def _kind(slack_user: Mapping[str, Any], is_person: bool) -> Kind:
    if not is_person:
        return Kind.BOT
    if slack_user.get("is_stranger"):
        return Kind.FOREIGN
    if slack_user.get("is_ultra_restricted"):
        return Kind.SINGLE
    return Kind.GUEST if slack_user.get("is_restricted") else Kind.MEMBER
