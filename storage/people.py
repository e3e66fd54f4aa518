"""The workspace's people as Slack last told us, so that paging never waits for a look-up."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.paging.escalations import OnCall
from bot.domain.process import Team
from bot.domain.rights import Kind
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


def record(tx: Tx, people: Iterable[Person]) -> None:
    """Write what Slack says of people."""
    tx.known.on_call = None
    for person in people:
        tx.write(
            """INSERT INTO people (id, name, email, active, tz, kind, team)
            VALUES (:id, :name, :email, :active, :tz, :kind, :team)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email,
                active = excluded.active, tz = excluded.tz, kind = excluded.kind, team = excluded.team""",
            columns(person) | {"email": person.email.lower() if person.email else None},
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


def name_of(tx: Tx, person_id: str) -> str:
    known = get(tx, person_id)
    return known.name if known and known.name else "somebody"


def names(tx: Tx, ids: Collection[str]) -> dict[str, str]:
    found = {who: known.name for who, known in _named_by(tx, sorted(ids)).items()}
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


def anybody(tx: Tx) -> bool:
    """Say whether Slack has told us of its people yet."""
    return tx.one("SELECT 1 AS yes FROM people LIMIT 1") is not None


def unknown(tx: Tx, entries: Sequence[str]) -> list[str]:
    """Return those of these people of whom Slack has not told us."""
    known = _named_by(tx, entries)
    return [one for one in entries if one not in known]


def unknown_on_call(tx: Tx) -> list[str]:
    """Return whom of those on call Slack has not told us: first those who are paged first."""
    ranked = [one for team in tx.process.teams.values() for one in enumerate(team.on_call)]
    return unknown(tx, list(dict.fromkeys(entry for _, entry in sorted(ranked))))


def on_call(tx: Tx, without: Collection[str] = ()) -> OnCall:
    """Return whom a page would call now for each team: the first on its list who is an active member.

    Decisions that are made together, as when very many deadlines fall, look it up once. `without` names
    people who are not to be called.
    """
    if tx.known.on_call is None:
        teams = tx.process.teams
        people = _named_by(tx, [entry for team in teams.values() for entry in team.on_call])
        active = {name: _active(team, people) for name, team in teams.items()}
        tx.known.on_call = Active(active, _called(active, ()))
    known = tx.known.on_call
    return _called(known.people, without) if without else known.called


def _called(active: Mapping[str, Sequence[str]], without: Collection[str]) -> OnCall:
    there = {name: [one for one in them if one not in without] for name, them in active.items()}
    return {name: tuple(them[:1]) for name, them in there.items()}


def _named_by(tx: Tx, entries: Sequence[str]) -> dict[str, Person]:
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


def _active(team: Team, people: Mapping[str, Person]) -> list[str]:
    """Return a team's people, first choice first. One not heard of yet counts: better paged than not."""
    known = [(entry, people.get(entry)) for entry in team.on_call]
    return [one.id if one else entry for entry, one in known if (one.active if one else "@" not in entry)]


def _key(entry: str) -> str:
    """Return what an entry of the configuration is compared with: addresses are kept in lower case."""
    return entry.lower() if "@" in entry else entry


def _person(row: Row) -> Person:
    return value_of(Person, row)
