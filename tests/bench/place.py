"""Where a figure is taken: a Slack in this process, and the bot in one of its own, as an operator runs it."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock
from bot.manifest import manifest
from sandbox.slack import Slack
from sandbox.world import read_world

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "tests" / "muster.yml"
STOPPING_SECONDS = 10.0


class BotEnded(Exception):
    """The bot ended while it was measured. The message is the end of its log."""


@dataclass
class Place:
    """A Slack and a folder for the bot's database and log."""

    slack: Slack
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "muster.db"

    @property
    def log(self) -> Path:
        return self.folder / "muster.log"

    def environment(self) -> dict[str, str]:
        """Return the environment in which a program reaches this Slack and no other."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "MUSTER_"))
        }
        return kept | {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
        }


@dataclass(frozen=True)
class Bot:
    """A running `muster run`. `born` is when its process was started, by the event loop's clock."""

    place: Place
    process: asyncio.subprocess.Process
    born: float

    async def until(self, condition: Callable[[], bool], seconds: float = 30, every: float = 0.005) -> bool:
        """Wait for a condition, and say whether it came true in time. Raises BotEnded."""
        found = await until(lambda: self.process.returncode is not None or condition(), seconds, every)
        if self.process.returncode is not None:
            raise BotEnded(self.place.log.read_text("utf-8")[-2000:])
        return found

    async def ready(self) -> None:
        """Wait until Slack reaches the bot and it has looked around."""
        await self.until(lambda: self.place.slack.sockets.count > 0)
        await self.place.slack.idle(30, quiet=0.3)

    def resident_bytes(self) -> int | None:
        """Return how much memory the process has, where the system says so."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return None
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024


@asynccontextmanager
async def place(people: int = 0) -> AsyncIterator[Place]:
    """Start a Slack with `people` more than it has anyway."""
    slack = Slack(manifest(), SystemClock(), _world(people))
    await slack.start()
    try:
        with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
            yield Place(slack, Path(folder))
    finally:
        await slack.stop()


@asynccontextmanager
async def running(at: Place) -> AsyncIterator[Bot]:
    """Run the bot until the block ends."""
    flags = ["--config", str(CONFIG), "--database", str(at.database), "--port", "0"]
    with at.log.open("ab") as log:
        born = asyncio.get_running_loop().time()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", *flags, cwd=ROOT, env=at.environment(), stderr=log
        )
    try:
        yield Bot(at, process, born)
    finally:
        await _ended(process)


async def until(condition: Callable[[], bool], seconds: float, every: float = 0.005) -> bool:
    """Wait for a condition, and say whether it came true in time."""
    loop = asyncio.get_running_loop()
    last = loop.time() + seconds
    while True:
        if condition():
            return True
        if loop.time() > last:
            return False
        await asyncio.sleep(every)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOPPING_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def person(number: int) -> str:
    return f"guest-{number}"


def _world(people: int) -> dict[str, object]:
    world = read_world()
    added = [
        {"id": f"UBENCH{n:04}", "handle": person(n), "real_name": f"Guest {n}", "email": f"{n}@bench.example"}
        for n in range(people)
    ]
    general = next(channel for channel in world["channels"] if channel["name"] == "general")
    general["members"] = [*general.get("members", []), *[one["handle"] for one in added]]
    return world | {"people": [*world["people"], *added]}
