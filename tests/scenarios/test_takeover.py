"""Proof: one of three replicas dies, loses the database or stands still, in the middle of an escalation."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
import yaml

from sandbox.slack import Slack
from tests.engines import Server
from tests.proxy import Proxy
from tests.scenarios.conftest import ROOT
from tests.scenarios.test_kill import CONFIG, slack, until
from tests.scenarios.watched import Watched, watched
from tests.tally import Tally, report

pytestmark = pytest.mark.proof

__all__ = ["slack"]  # the fixture

ROUNDS = {"struck_dead": 10, "cut_off": 10, "frozen": 3}
LEASE = 1.5
"""Seconds. In earnest it is 30, which here only makes the test longer."""
LATENCY = 0.3
"""Seconds that Slack takes for a call, so that one of them can be struck while it calls."""
AFTER_THE_LEASE = 2.0
"""Seconds, by the database's clock, until another replica has taken over."""
MOST_IN_A_DM = 2
PAGE, SENT_AGAIN = "You are paged", "Sent again"


class Replica:
    """A process whose ways to the database and to Slack lead over wires that can be watched and cut."""

    def __init__(self, slack: Slack, folder: Path, database: str) -> None:
        self._slack = slack
        self._folder = folder
        self.database, self.calls = Proxy.before(database), Proxy(int(slack.url.rpartition(":")[2]))
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        if self._process is None:
            await self.database.start()
            await self.calls.start()
        secrets = {
            "SLACK_BOT_TOKEN": self._slack.bot_token,
            "SLACK_APP_TOKEN": self._slack.app_token,
            "SLACK_API_URL": f"http://127.0.0.1:{self.calls.port}/api/",
        }
        with (self._folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *[sys.executable, "-m", "tests.scenarios.replica_process"],
                *[str(self._folder / "muster.yml"), self.database.database, str(LEASE)],
                cwd=ROOT,
                env=os.environ | secrets,
                stderr=log,
            )

    async def kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def end(self) -> None:
        await self.kill()
        await self.database.stop()
        await self.calls.stop()

    async def struck_dead(self) -> Callable[[], Awaitable[None]]:
        """Kill it, and return how to bring it back."""
        await self.kill()
        return self.start

    async def cut_off(self) -> Callable[[], Awaitable[None]]:
        """Take its database away, and return how to give it back."""
        self.database.cut()

        async def mend() -> None:
            self.database.mend()

        return mend

    async def frozen(self) -> Callable[[], Awaitable[None]]:
        """Let it stand still in the middle of what it does, and return how to let it go on."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

        async def go_on() -> None:
            assert self._process
            self._process.send_signal(signal.SIGCONT)

        return go_on


@asynccontextmanager
async def three(slack: Slack, folder: Path, address: str) -> AsyncIterator[list[Replica]]:
    (folder / "muster.yml").write_text(yaml.safe_dump(CONFIG))
    replicas = [Replica(slack, folder, address) for _ in range(3)]
    try:
        for one in replicas:
            await one.start()
        await until(lambda: slack.sockets.count >= 2 * len(replicas))
        yield replicas
    finally:
        for one in replicas:
            await one.end()


def pages(slack: Slack, who: str) -> list[str]:
    """Return the deliveries that paged somebody, as often as they did."""
    posted = [call for call in slack.calls("chat.postMessage") if call.ok and PAGE in str(call.args)]
    user = slack.person(who).id
    return [
        call.args["metadata"]["event_payload"]["delivery"]
        for call in posted
        if user in (call.args["channel"], *slack.workspace.channel(call.result["channel"]).members)
    ]


async def declared(slack: Slack, number: int) -> None:
    """Have somebody declare an incident, again and again if it falls to a replica that is cut off."""
    dev = slack.person("dev")
    while not dev.modal:
        await dev.slash("/inc", f"disk {number}", channel="general")
        with suppress(TimeoutError):
            async with asyncio.timeout(3):
                await until(lambda: dev.modal)
    await dev.fill({"severity": "S3"})
    while await dev.submit() != {}:
        pass


def is_paged(slack: Slack, before: int) -> bool:
    return len(set(pages(slack, "ana"))) > before


@pytest.mark.faults
@pytest.mark.timeout(400)
@pytest.mark.parametrize("way", ROUNDS)
async def test_another_takes_over_within_the_lease(
    way: str,
    slack: Slack,
    postgres: Server,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    address, rounds = postgres.emptied(), ROUNDS[way]
    with watched(postgres) as database:
        async with three(slack, tmp_path, address) as replicas:
            for number in range(rounds):
                paged = len(set(pages(slack, "ana")))
                await declared(slack, number)
                await until(partial(is_paged, slack, paged))
                slack.latency = LATENCY
                at_work = await one_that_calls(slack, replicas)
                bring_back = await getattr(at_work, way)()
                slack.latency = 0
                await until(partial(answered_for, database, number + 1))
                await bring_back()
            await until(lambda: unfinished(database) == 0)
        tally = counted(slack, database, rounds)
        took, twice = database.taken_over(), database.completed_twice()
    report(record_property, f"Replicas, one {way.replace('_', ' ')}", tally)
    tally.check(duplicated_at_most=tally.recovered)
    assert twice == []
    assert len(took) >= rounds
    assert max(took) <= AFTER_THE_LEASE, took
    assert readable_twice(slack) == []


async def one_that_calls(slack: Slack, replicas: list[Replica]) -> Replica:
    """Return the replica that is just sending the Incident Manager's page."""
    words = ("chat.postMessage", PAGE, slack.person("ines").id)
    await until(lambda: any(one.calls.waits_for_an_answer_to(*words) for one in replicas))
    return next(one for one in replicas if one.calls.waits_for_an_answer_to(*words))


def answered_for(database: Watched, many: int) -> bool:
    """Say whether so many pages of the second level are known to have been sent."""
    ((sent,),) = database.asked(
        "SELECT COUNT(*) FROM pages JOIN notification_pages ON page = pages.id WHERE level = 1 AND shown = 1"
    )
    return bool(sent == many)


def unfinished(database: Watched) -> int:
    """Count what is still to be sent, but for what is only looked at once more a while later."""
    ((left,),) = database.asked(
        "SELECT COUNT(*) FROM outbox WHERE finished_at IS NULL AND job <> 'reconcile'"
    )
    return int(left)


def posted(slack: Slack) -> dict[tuple[str, str], list[bool]]:
    """Return of every message, by its conversation and its delivery, how often it is there, and if marked."""
    found: dict[tuple[str, str], list[bool]] = {}
    for call in slack.calls("chat.postMessage"):
        if call.ok and call.args.get("metadata"):
            what = (call.result["channel"], call.args["metadata"]["event_payload"]["delivery"])
            found.setdefault(what, []).append(SENT_AGAIN in str(call.args["blocks"]))
    return found


def readable_twice(slack: Slack) -> list[tuple[str, str]]:
    """Return what was said twice where the history can be read."""
    return [what for what, times in posted(slack).items() if len(times) > 1 and not what[0].startswith("D")]


def counted(slack: Slack, database: Watched, rounds: int) -> Tally:
    """Compare what was sent with what should have been: one page for Ana and one for Ines a round."""
    asked = database.asked
    walks = asked("SELECT escalation, COUNT(*) FROM pages GROUP BY escalation")
    raised = asked("SELECT incident, COUNT(*) FROM entries WHERE kind = 'escalated' GROUP BY incident")
    assert [many for _, many in walks] == [2] * rounds
    assert [many for _, many in raised] == [1] * rounds
    assert asked("SELECT id FROM outbox WHERE state = 'dead'") == []
    assert sum("disk" in one.name for one in slack.workspace.channels.values()) == rounds
    sent = Counter(pages(slack, "ana") + pages(slack, "ines"))
    assert max(sent.values()) <= MOST_IN_A_DM, sent
    marks = [mark for (_, delivery), mark in posted(slack).items() if delivery in sent]
    assert all(mark == [False, True][: len(mark)] for mark in marks), marks
    wanted = 2 * rounds
    again = asked("SELECT COUNT(*) FROM outbox WHERE urgent = 1 AND attempt > 1")[0][0]
    return Tally(
        attempted=wanted,
        acknowledged=wanted,
        ok=min(wanted, len(sent)),
        lost=max(0, wanted - len(sent)),
        unexpected=max(0, len(sent) - wanted),
        duplicated=sum(sent.values()) - len(sent),
        recovered=again,
    )
