"""Whoever reads our pages: sessions that nobody had to sign in for, and how soon a page begins to come."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from bot.clock import SystemClock
from bot.unit_of_work import READING
from bot.web.sessions import Sessions
from tests.bench.place import Place

CLIENT = "1000000001.2000000002", "0123456789abcdef0123456789abcdef"
ADDED: Mapping[str, str] = {
    "MUSTER_PUBLIC_URL": "http://muster.bench.example",
    "MUSTER_SLACK_CLIENT_ID": CLIENT[0],
    "MUSTER_SLACK_CLIENT_SECRET": CLIENT[1],
}
"""With this in its environment a bot has pages. Nothing is asked of the address."""


@dataclass(frozen=True, slots=True)
class Got:
    """Of one page: the seconds until it began to come, and its bytes."""

    first_byte: float
    size: int


class Door:
    """One bot's pages, and the key to its sessions."""

    def __init__(self, at: Place, port: int, http: aiohttp.ClientSession) -> None:
        own = at.store.rows("SELECT value FROM meta WHERE key = 'id'")[0][0]
        self._sessions = Sessions(f"{CLIENT[1]} {at.slack.bot_token}", own)
        self._http, self._base, self._log = http, f"http://127.0.0.1:{port}", at.log(0)

    def session(self, person: str) -> str:
        """Return the cookie of somebody."""
        cookie = self._sessions.cookie(self._sessions.begin(person, SystemClock().now()))
        return f"muster_session={cookie}"

    async def longest(self) -> tuple[str, float]:
        """Return which question held the database for the longest time so far, and for how many seconds."""
        async with self._http.get(f"{self._base}/metrics") as answer:
            text = await answer.text()
        found = {
            sample.labels["operation"]: sample.value
            for family in text_string_to_metric_families(text)
            if family.name == "muster_transaction_longest_seconds"
            for sample in family.samples
            if sample.labels["kind"] == READING
        }
        name = max(found, key=found.__getitem__)
        return name, found[name]

    async def get(self, path: str, cookie: str) -> Got:
        """Read a page to its end. It has to be one, and its reader's own."""
        began = SystemClock().monotonic()
        url = f"{self._base}{path}"
        async with self._http.get(url, headers={"Cookie": cookie}, allow_redirects=False) as answer:
            first = SystemClock().monotonic() - began
            body = await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status}\n{self._log.read_text('utf-8')[-2000:]}")
            return Got(first, len(body))
