"""Contact methods that people added themselves. An address is read for its owner, and to send to it."""

from collections.abc import Collection
from datetime import timedelta

from bot.domain.errors import NotFound
from bot.domain.paging.contact_methods import OwnMethod
from storage.rows import value_of
from storage.transaction import Row, Tx, any_of


def add(tx: Tx, person: str, name: str, address: str) -> int:
    """Write an address that is not verified, in the place of another such one. A verified one stays."""
    tx.write(
        "DELETE FROM contact_methods WHERE person = :person AND name = :name AND verified_at IS NULL",
        {"person": person, "name": name},
    )
    return tx.insert(
        """INSERT INTO contact_methods (person, name, address)
        VALUES (:person, :name, :address) RETURNING id""",
        {"person": person, "name": name, "address": address},
    )


def verify(tx: Tx, method: OwnMethod) -> None:
    """Have an address used for pages from now on, instead of the person's earlier one."""
    tx.write(
        "DELETE FROM contact_methods WHERE person = :person AND name = :name AND verified_at IS NOT NULL",
        {"person": method.person, "name": method.name},
    )
    tx.write("UPDATE contact_methods SET verified_at = :now WHERE id = :id", {"id": method.id, "now": tx.now})


def remove(tx: Tx, method_id: int) -> None:
    tx.write("DELETE FROM contact_methods WHERE id = :id", {"id": method_id})


def get(tx: Tx, method_id: int, person: str) -> OwnMethod:
    """Return a contact method of a person. Raises NotFound for somebody else's too."""
    row = tx.one(
        "SELECT * FROM contact_methods WHERE id = :id AND person = :person",
        {"id": method_id, "person": person},
    )
    if not row:
        raise NotFound("contact method", method_id)
    return _method(row)


def of(tx: Tx, person: str) -> list[OwnMethod]:
    """Return what a person added, verified or not, oldest first."""
    rows = tx.all("SELECT * FROM contact_methods WHERE person = :person ORDER BY id", {"person": person})
    return [_method(row) for row in rows]


def verified(tx: Tx, person: str) -> dict[str, str]:
    """Return a person's verified addresses by the names of their contact methods."""
    return {one.name: one.address for one in of(tx, person) if one.verified_at}


def at(tx: Tx, address: str, names: Collection[str]) -> list[str]:
    """Return who has verified an address for any of these contact methods."""
    these, named = any_of(names)
    rows = tx.all(
        f"""SELECT DISTINCT person FROM contact_methods
        WHERE address = :address AND verified_at IS NOT NULL AND name IN ({these})""",  # noqa: S608 - names of our own making
        {"address": address, **named},
    )
    return sorted(row["person"] for row in rows)


def name_owners(tx: Tx) -> None:
    """Write in the place of each address whose it is."""
    tx.write("UPDATE contact_methods SET address = person")


def forget_the_gone(tx: Tx, after: timedelta) -> None:
    """Delete the addresses of people who were deactivated so long ago; until then they are only not used."""
    inactive = "person IN (SELECT id FROM people WHERE active = 0)"
    tx.write(f"UPDATE contact_methods SET unused_since = NULL WHERE NOT {inactive}")  # noqa: S608 - the words above
    tx.write(
        f"""UPDATE contact_methods SET unused_since = :now
        WHERE unused_since IS NULL AND {inactive}""",  # noqa: S608 - the words above
        {"now": tx.now},
    )
    tx.write("DELETE FROM contact_methods WHERE unused_since <= :before", {"before": tx.now - after})


def _method(row: Row) -> OwnMethod:
    return value_of(OwnMethod, row)
