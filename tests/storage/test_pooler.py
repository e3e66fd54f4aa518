"""A pooler that lends sessions by the transaction is refused at the start: limits and locks would be lost."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from storage.database import DatabaseUnusable
from storage.engines import look_at, open_database
from storage.postgres_start import Session, conninfo, shared
from tests.engines import Server
from tests.patience import PATIENCE

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
NO_POOLER = "no PgBouncer on this machine (apt-get install pgbouncer), so a real one was not tried"


def test_connections_that_have_a_process_each_are_not_shared(postgres: Server) -> None:
    address = conninfo(postgres.address)
    with (
        closing(Session.connect(address, autocommit=True)) as one,
        closing(Session.connect(address, autocommit=True)) as other,
    ):
        assert not shared(one, other)
        assert shared(one, one)


@contextmanager
def pooled(postgres: Server, mode: str) -> Iterator[str]:
    """Run PgBouncer before the server, and give its address."""
    with tempfile.TemporaryDirectory() as made:
        yield from _pooled(Path(made), postgres, mode)


def _pooled(folder: Path, postgres: Server, mode: str) -> Iterator[str]:
    parts = urlsplit(postgres.address)
    host = parse_qs(parts.query)["host"][0]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "users").write_text('"postgres" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\npostgres = host={host} dbname=postgres user=postgres\n"
        "[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\nauth_file = {folder / 'users'}\n"
        f"pool_mode = {mode}\n"
    )
    folder.chmod(0o777)
    owner = pwd.getpwuid(Path(host).stat().st_uid).pw_name
    user = ["-u", owner] if os.geteuid() == 0 else []
    assert PGBOUNCER
    running = subprocess.Popen([PGBOUNCER, *user, str(folder / "pgbouncer.ini")], stderr=subprocess.DEVNULL)
    try:
        address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        _answers(address)
        yield address
    finally:
        running.terminate()
        running.wait()


def _answers(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:  # a process needs real time to start
                raise
            continue
        return


@pytest.mark.skipif(not PGBOUNCER, reason=NO_POOLER)
@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("start", [open_database, look_at])
def test_pgbouncer_that_shares_sessions_is_refused(postgres: Server, mode: str, start: object) -> None:
    assert callable(start)
    with pooled(postgres, mode) as address, pytest.raises(DatabaseUnusable) as caught:
        start(address)

    assert "Set pool_mode = session for this database" in str(caught.value)


@pytest.mark.skipif(not PGBOUNCER, reason=NO_POOLER)
def test_pgbouncer_that_keeps_sessions_is_taken(postgres: Server) -> None:
    with pooled(postgres, "session") as address:
        open_database(address).close()
