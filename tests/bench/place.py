"""Where a figure is taken: a Slack in this process, and the bot's replicas in processes of their own."""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot.cli.manifest import manifest
from bot.clock import SystemClock
from bot.integrations.slack.socket import LINES
from sandbox.slack import Slack
from sandbox.world import read_world
from tests.bench.stores import Setup, Store, dropped

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "tests" / "muster.yml"
STOPPING_SECONDS = 10.0
_LISTENS = re.compile(r'address="?(?:http://)?[\w.]+:(\d+)')


class BotEnded(Exception):
    """The bot ended while it was measured. The message is the end of its log."""


@dataclass
class Place:
    """A Slack, a database for the bot, and a folder for its logs."""

    slack: Slack
    folder: Path
    store: Store
    replicas: int

    def log(self, replica: int) -> Path:
        return self.folder / f"muster-{replica}.log"

    def stalls(self, replica: int) -> Path:
        return self.folder / f"stalls-{replica}.txt"

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
    """The running replicas. `born` is when the first process was started, by the event loop's clock."""

    place: Place
    processes: Sequence[asyncio.subprocess.Process]
    born: float

    async def until(self, condition: Callable[[], bool], seconds: float = 30, every: float = 0.005) -> bool:
        """Wait for a condition, and say whether it came true in time. Raises BotEnded."""
        found = await until(lambda: self._ended is not None or condition(), seconds, every)
        if self._ended is not None:
            raise BotEnded(self.place.log(self._ended).read_text("utf-8")[-2000:])
        return found

    async def ready(self) -> None:
        """Wait until Slack reaches every replica and they have looked around."""
        await self.until(lambda: self.place.slack.sockets.count >= LINES * self.place.replicas)
        await self.place.slack.idle(30, quiet=0.3)

    def resident_bytes(self) -> int | None:
        """Return how much memory the biggest process has, where the system says so."""
        found = [resident_bytes(process.pid) for process in self.processes]
        return max((size for size in found if size is not None), default=None)

    def processor_seconds(self) -> float | None:
        """Return how much of the processor's time all replicas took, where the system says so."""
        found = [processor_seconds(process.pid) for process in self.processes]
        return None if None in found else sum(filter(None, found))

    @property
    def _ended(self) -> int | None:
        codes = [process.returncode for process in self.processes]
        return next((number for number, code in enumerate(codes) if code is not None), None)


@asynccontextmanager
async def place(setup: Setup, *, people: int = 0, incidents: int = 0) -> AsyncIterator[Place]:
    """Start a Slack with `people` more than it has anyway, and a database with so many open incidents."""
    async with world(people) as slack:
        with tempfile.TemporaryDirectory(prefix="muster-bench-") as folder:
            store = setup.engine.store(Path(folder), incidents)
            with dropped(store):
                yield Place(slack, Path(folder), store, setup.replicas)


@asynccontextmanager
async def world(people: int = 0) -> AsyncIterator[Slack]:
    """Start a Slack."""
    slack = Slack(manifest(), SystemClock(), _world(people))
    await slack.start()
    try:
        yield slack
    finally:
        await slack.stop()


@asynccontextmanager
async def running(
    at: Place, *, config: Path = CONFIG, program: str = "bot", added: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[Bot]:
    """Run the bot, or a program that runs it, until the block ends. Its environment has what is `added`."""
    flags = ["--config", str(config), "--database", at.store.where, "--port", "0"]
    processes = []
    born = asyncio.get_running_loop().time()
    try:
        for replica in range(at.replicas):
            with at.log(replica).open("ab") as log:
                environment = {**at.environment(), **added, "BENCH_STALLS": str(at.stalls(replica))}
                processes.append(
                    await asyncio.create_subprocess_exec(
                        sys.executable, "-m", program, "run", *flags, cwd=ROOT, env=environment, stderr=log
                    )
                )
        yield Bot(at, processes, born)
    finally:
        await asyncio.gather(*[_ended(process) for process in processes])


@asynccontextmanager
async def serving(
    at: Place, more: str, *, program: str = "bot", added: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[tuple[Bot, int]]:
    """Run the bot with `more` at the end of its configuration; yield it, once it is ready, with its port."""
    config = at.folder / "muster.yml"
    config.write_text(CONFIG.read_text("utf-8") + more, encoding="utf-8")
    async with running(at, config=config, program=program, added=added) as muster:
        await muster.ready()
        await muster.until(lambda: bool(_LISTENS.search(at.log(0).read_text("utf-8"))), every=0.05)
        found = _LISTENS.search(at.log(0).read_text("utf-8"))
        if not found:
            raise RuntimeError(f"it does not say where it listens: {at.log(0).read_text('utf-8')[-1000:]}")
        yield muster, int(found[1])


def resident_bytes(pid: int) -> int | None:
    """Return how much memory a process has, where the system says so."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def processor_seconds(pid: int) -> float | None:
    """Return how much of the processor's time a process took, where the system says so."""
    status = Path(f"/proc/{pid}/stat")
    if not status.exists():
        return None
    user, system = status.read_text("ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


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
