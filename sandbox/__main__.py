"""`python -m sandbox`: the sandbox alone, in real time, for an app that runs elsewhere."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from sandbox.app import read_manifest_file
from sandbox.errors import CannotListen, Unusable
from sandbox.serving import Place, alone

KEEP = Path("muster-sandbox.json")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8055, help="the port of the page (8055)")
    parser.add_argument("--manifest", type=Path, default=Path("manifest.yml"), help="the app's manifest")
    parser.add_argument("--world", type=Path, help="a YAML file with people and channels")
    parser.add_argument("--keep", type=Path, nargs="?", const=KEEP, help=f"keep the state in a file ({KEEP})")
    parser.add_argument("--request-url", help="where an app in HTTP mode listens")
    parser.add_argument("--allow-host", action="append", default=[], help="a further name of its host")
    return parser.parse_args()


async def serve(given: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    place = Place(given.port, world=given.world, keep=given.keep, names=tuple(given.allow_host))
    async with alone(read_manifest_file(given.manifest), place, given.request_url):
        await stop.wait()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(serve(arguments()))
    except (Unusable, CannotListen) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
