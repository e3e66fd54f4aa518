"""The workspace's people as Slack last told us, so that paging never waits for a look-up."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.actors import Actor, Machine
from bot.domain.oncall.schedules import Turn
from bot.domain.oncall.shifts import on_call as whose_turn
from bot.domain.oncall.shifts import shadowing as in_shadow
from bot.domain.paging.escalations import OnCall
from bot.domain.rights import Kind
from storage import calendars, overrides
from storage.known import Active
from storage.rows import columns, value_of
from storage.transaction import Row, Tx, any_of


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace. Bots and deactivated people are not active: they are never on call.

    `team` is the workspace that they are from, empty when it is not known.
    """

    id: str
    name: str
    email: str | None
    active: bool
    tz: str | None
    kind: Kind = Kind.MEMBER
    team: str = ""
    full_name: str = ""
    """Empty when it is not known; `name` is what Slack shows."""


SHORTEST = 2
"""Of how many letters a part of a name is at least that means somebody."""
MOST_MEANT = 20

_SAID = ("name", "email", "tz", "kind", "team", "full_name")
_NEW = {**dict.fromkeys(("id", *_SAID), "TEXT"), "active": "INTEGER"}
# Every decision reads who is there: one that is just as it was must not look as if it had changed.
_RECORD = f"""INSERT INTO people ({", ".join(_NEW)}) SELECT {", ".join(f"new.{name}" for name in _NEW)}
    FROM {{new}} WHERE true
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in (*_SAID, "active"))}
    WHERE people.active <> excluded.active
        OR {" OR ".join(f"COALESCE(people.{name}, '') <> COALESCE(excluded.{name}, '')" for name in _SAID)}"""  # noqa: S608 - names of ours


def record(tx: Tx, people: Iterable[Person]) -> None:
    """Write what Slack says of people."""
    tx.known.on_call = None
    latest = {person.id: person for person in people}
    tx.each(
        _RECORD,
        _NEW,
        [
            columns(one) | {"email": one.email.lower() if one.email else None, "active": int(one.active)}
            for one in latest.values()
        ],
    )


def get(tx: Tx, person_id: str) -> Person | None:
    """Return a person, or None for one whom Slack has not told us of."""
    row = tx.one("SELECT * FROM people WHERE id = :id", {"id": person_id})
    return _person(row) if row else None


def present(tx: Tx, person_id: str) -> bool:
    """Say whether a person has not left, as far as Slack has told us."""
    found = get(tx, person_id)
    return found is None or found.active


def named(tx: Tx, entry: str) -> Person | None:
    """Return whom an entry of the configuration names, by e-mail address or Slack user id."""
    column = "email" if "@" in entry else "id"
    row = tx.one(
        f"SELECT * FROM people WHERE {column} = :value ORDER BY active DESC, id",  # noqa: S608 - two words
        {"value": _key(entry)},
    )
    return _person(row) if row else None


def name_of(tx: Tx, who: Actor) -> str:
    if isinstance(who, Machine):
        return who.spoken
    known = get(tx, who)
    return known.name if known and known.name else "somebody"


def names(tx: Tx, ids: Collection[str]) -> dict[str, str]:
    found = {who: known.name for who, known in named_by(tx, sorted(ids)).items()}
    return {who: name for who, name in found.items() if name}


def active_names(tx: Tx) -> dict[str, str]:
    return {row["id"]: row["name"] for row in tx.all("SELECT id, name FROM people WHERE active = 1")}


def called(tx: Tx, name: str) -> list[str]:
    """Return the active people of a name, whatever its case, or of the first part of an address."""
    start = f"{name.lower()}@"
    rows = tx.all(
        """SELECT id FROM people
        WHERE active = 1 AND (LOWER(name) = :name OR SUBSTR(email, 1, :size) = :start) ORDER BY id""",
        {"name": name.lower(), "start": start, "size": len(start)},
    )
    return [row["id"] for row in rows]


def of_full_name(tx: Tx, said: str) -> list[str]:
    """Return the active people of a full name, whatever its case."""
    rows = tx.all(
        """SELECT id FROM people
        WHERE active = 1 AND (full_name = :said OR LOWER(full_name) = :lower) ORDER BY id""",
        {"said": said, "lower": said.lower()},
    )
    return [row["id"] for row in rows]


def meant(tx: Tx, name: str, near: Collection[str] = ()) -> list[str]:
    """Return the active people whom somebody means by a name: those who are called so, else those whose full
    name it is, else those of whose name it is one word. Of several, those who are `near` count first.
    """
    said = " ".join(name.split()).removeprefix("@")
    found = called(tx, said) or of_full_name(tx, said) if said else []
    if not found and len(said) >= SHORTEST:
        parts = {one: f"% {_as_it_is(one)} %" for one in (said, said.lower(), said.title())}
        words = "' ' || REPLACE(REPLACE(name, '-', ' '), '.', ' ') || ' '"
        forms = {f"form{number}": part for number, part in enumerate(parts.values())}
        these = " OR ".join(f"{words} LIKE :{form} ESCAPE '!'" for form in forms)
        rows = tx.all(
            f"SELECT id FROM people WHERE active = 1 AND ({these}) ORDER BY id LIMIT {MOST_MEANT}",  # noqa: S608 - of ours
            forms,
        )
        found = [row["id"] for row in rows]
    closer = [one for one in found if one in near]
    return closer if len(found) > 1 and closer else found


def _as_it_is(text: str) -> str:
    """Return a text for LIKE in which nothing stands for anything else."""
    return re.sub(r"([!%_])", r"!\1", text)


def of_names(tx: Tx, names: Sequence[str]) -> dict[str, str]:
    """Return the active people of these names, by the name in lower case. Two of one name are left out."""
    if not names:
        return {}
    these, values = any_of({form for name in names for form in (name, name.lower())})
    rows = tx.all(
        f"SELECT id, name FROM people WHERE active = 1 AND (name IN ({these}) OR LOWER(name) IN ({these}))",  # noqa: S608 - names of our own making
        values,
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["name"].lower(), []).append(row["id"])
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def anybody(tx: Tx) -> bool:
    """Say whether Slack has told us of its people yet."""
    return tx.one("SELECT 1 AS yes FROM people LIMIT 1") is not None


def unknown(tx: Tx, entries: Sequence[str]) -> list[str]:
    """Return those of these people of whom Slack has not told us."""
    known = named_by(tx, entries)
    return [one for one in entries if one not in known]


def ids(tx: Tx, entries: Sequence[str]) -> dict[str, str]:
    """Return the Slack user id of each of these people whom Slack has told us of."""
    return {entry: person.id for entry, person in named_by(tx, entries).items()}


def unknown_on_call(tx: Tx) -> list[str]:
    """Return whom of those on call Slack has not told us: first those who are paged first."""
    ranked = [one for entries in named_on_call(tx).values() for one in enumerate(entries)]
    return unknown(tx, list(dict.fromkeys([*(entry for _, entry in sorted(ranked)), *tx.process.named])))


def named_on_call(tx: Tx) -> dict[str, Turn]:
    """Return who is named on call for each team, now or at another time: first who is called now.

    They are there by their ids, and again as the configuration names them.
    """
    active = _active(tx).people
    return {team.name: (*active[team.name], *team.named) for team in tx.process.teams.values()}


def on_call(tx: Tx, without: Collection[str] = ()) -> OnCall:
    """Return whom a page would call now for each team: all whose turn it is, or the first on its list.

    Decisions that are made together, as when very many deadlines fall, look it up once. Nobody is called who
    is not an active member, and nobody of `without`.
    """
    known = _active(tx)
    return _called(tx, known.people, without) if without else known.called


def shadowing(tx: Tx, team: str) -> Sequence[str]:
    """Return who is told of a page of this team now, and not paged."""
    return _active(tx).shadows.get(team, ())


def _active(tx: Tx) -> Active:
    if tx.known.on_call is None:
        teams, turns = tx.process.teams.values(), _turns(tx)
        each = {
            team.name: turns[team.schedule.name] if team.schedule else (team.on_call, ()) for team in teams
        }
        people = named_by(tx, [entry for both in each.values() for some in both for entry in some])
        found = {name: _callable(called, people) for name, (called, _) in each.items()}
        shadows = {name: _callable(told, people) for name, (_, told) in each.items()}
        tx.known.on_call = Active(found, _called(tx, found, ()), shadows)
    return tx.known.on_call


def _turns(tx: Tx) -> dict[str, tuple[Turn, Turn]]:
    """Return who is on call now by each schedule that a team has, and who shadows them.

    Overrides and calendars have people's ids. They are given the names that the schedule has for them.
    """
    schedules = {team.schedule.name: team.schedule for team in tx.process.teams.values() if team.schedule}
    if not schedules:
        return {}
    stand = overrides.between(tx, schedules, tx.now)
    read = calendars.between(tx, [name for name, one in schedules.items() if one.calendar], tx.now)
    listed = {name: [who for _, _, them in times for who in them] for name, times in read.items()}
    known = named_by(tx, [who for name in schedules for who in (*stand[name].people, *listed.get(name, ()))])
    found = {}
    for name, schedule in schedules.items():
        changes, times = stand[name], read.get(name, ())
        if those := (*changes.people, *listed.get(name, ())):
            emails = {person.email: who for who in those if (person := known.get(who)) and person.email}
            named = {emails[one]: one for one in schedule.people if one in emails}
            changes = changes.renamed(named)
            times = tuple((at, end, tuple(named.get(who, who) for who in them)) for at, end, them in times)
        now = schedule.read(times)
        found[name] = whose_turn(now, changes, tx.now), in_shadow(now, changes, tx.now)
    return found


def _called(tx: Tx, active: Mapping[str, Sequence[str]], without: Collection[str]) -> OnCall:
    there = {name: tuple(one for one in them if one not in without) for name, them in active.items()}
    teams = tx.process.teams
    return {
        name: them if teams[name].schedule or teams[name].everybody else them[:1]
        for name, them in there.items()
    }


def named_by(tx: Tx, entries: Sequence[str]) -> dict[str, Person]:
    """Return whom each entry names, as `named` does, by one look at all of them."""
    if not entries:
        return {}
    these, values = any_of(entries)
    rows = tx.all(
        f"""SELECT * FROM people WHERE id IN ({these}) OR email IN ({these})
        ORDER BY active, id DESC""",  # noqa: S608 - names of our own making
        {name: _key(entry) for name, entry in values.items()},
    )
    found = {key: _person(row) for row in rows for key in (row["id"], row["email"]) if key}
    return {entry: found[key] for entry in values.values() if (key := _key(entry)) in found}


def everybody_on_call(tx: Tx, team: str) -> Sequence[str]:
    """Return all of a team's list who can be called, or all whose turn it is."""
    return _active(tx).people.get(team, ())


def callable_of(tx: Tx, entries: Sequence[str]) -> list[str]:
    """Return the ids of those of these people who can be called, in their order."""
    return _callable(entries, named_by(tx, entries))


def can_be_called(tx: Tx, entries: Sequence[str]) -> frozenset[str]:
    """Return the ids of those of these people who can be called."""
    return frozenset(callable_of(tx, entries))


def _callable(entries: Sequence[str], people: Mapping[str, Person]) -> list[str]:
    """Return those of these people who can be called. One not heard of yet counts: better paged than not."""
    known = [(entry, people.get(entry)) for entry in entries]
    there = (one.id if one else entry for entry, one in known if (one.active if one else "@" not in entry))
    return list(dict.fromkeys(there))


def _key(entry: str) -> str:
    """Return what an entry of the configuration is compared with: addresses are kept in lower case."""
    return entry.lower() if "@" in entry else entry


def _person(row: Row) -> Person:
    return value_of(Person, row)
