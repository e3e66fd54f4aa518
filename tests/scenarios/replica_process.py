"""A replica with a short lease, as a process to be killed: `python -m tests.scenarios.replica_process`."""

import asyncio
import logging
import os
import sys
from datetime import timedelta
from pathlib import Path

from bot.app import Muster
from bot.clock import SystemClock
from bot.config import Secrets, load
from storage.engines import open_database


async def run(config: str, address: str, lease: float) -> None:
    secrets = Secrets.from_environment(os.environ)
    muster = Muster(
        load(Path(config)),
        secrets,
        database=open_database(address),
        clock=SystemClock(),
        port=0,
        lease=timedelta(seconds=lease),
    )
    await muster.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    logging.basicConfig(
        format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s", level=logging.INFO
    )
    asyncio.run(run(sys.argv[1], sys.argv[2], float(sys.argv[3])))
