"""What other replicas announce over PostgreSQL: a hint that there is something to deliver, and no more."""

from collections.abc import AsyncIterator

import psycopg

from storage.database import DatabaseBusy
from storage.postgres_start import conninfo, said_by

CHANNEL = "muster"
ANNOUNCE = f"SELECT pg_notify('{CHANNEL}', %s)"


async def news(where: str, own_name: str) -> AsyncIterator[None]:
    """Yield when we begin to hear, and then whenever a transaction announced by another name commits.

    It has a connection of its own. Raises DatabaseBusy when that is lost or cannot be had.
    """
    try:
        session = await psycopg.AsyncConnection.connect(
            conninfo(where, application_name="muster listener"), autocommit=True
        )
        async with session:
            await session.execute(f"LISTEN {CHANNEL}")
            yield
            async for heard in session.notifies():
                if heard.payload != own_name:
                    yield
    except psycopg.Error as error:
        raise DatabaseBusy(f"PostgreSQL says: {said_by(error)}") from error
