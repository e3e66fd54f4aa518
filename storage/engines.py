"""Opens the engine that an address means."""

from storage.database import Database, DatabaseUnusable
from storage.sqlite import SqliteDatabase

try:
    from storage import postgres
except ImportError as missing:  # the driver is an optional extra
    postgres = None  # type: ignore[assignment]  # a module, or what says that there is none
    NO_DRIVER = str(missing)

POSTGRES = ("postgresql://", "postgres://")


def open_database(where: str, *, own_time: bool = True) -> Database:
    """Open a PostgreSQL address or a SQLite file. Raises DatabaseUnusable.

    `own_time` lets a database that has a clock decide what time it is for everybody who shares it.
    """
    if where.startswith(POSTGRES):
        if postgres is None:
            raise DatabaseUnusable(
                f"PostgreSQL needs a driver that is not installed here ({NO_DRIVER}). "
                "Install it with: pip install 'muster-bot[postgres]'."
            )
        return postgres.PostgresDatabase(where, own_time=own_time)
    if "://" in where:
        raise DatabaseUnusable(
            f"{where.partition('://')[0]}:// is no database that muster knows. "
            "Name a SQLite file, or an address such as postgresql://muster@localhost/muster."
        )
    return SqliteDatabase(where)
