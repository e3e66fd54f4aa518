"""`python -m sandbox`: the sandbox alone, in real time, for an app that runs elsewhere."""

import argparse
import asyncio
import logging
import sys
from pathlib import Path

import yaml

from sandbox.clock import SystemClock
from sandbox.slack import Slack
from sandbox.workspace import WORLD, read_world


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8055)
    parser.add_argument("--manifest", type=Path, default=Path("manifest.yml"))
    parser.add_argument("--world", type=Path, default=WORLD)
    parser.add_argument("--request-url", help="where an app in HTTP mode listens")
    return parser.parse_args()


async def serve(given: argparse.Namespace) -> None:
    manifest = yaml.safe_load(given.manifest.read_text("utf-8"))
    slack = Slack(manifest, SystemClock(), read_world(given.world))
    if given.request_url:
        slack.request_url = given.request_url
    await slack.start(given.port)
    sys.stdout.write(
        f"The sandbox is open at {slack.url}\n\nPoint an app at it with\n"
        f"  SLACK_API_URL={slack.api_url}\n  SLACK_BOT_TOKEN={slack.bot_token}\n"
        f"  SLACK_APP_TOKEN={slack.app_token}\n  SLACK_SIGNING_SECRET={slack.signing_secret}\n"
    )
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await slack.stop()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(serve(arguments()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
