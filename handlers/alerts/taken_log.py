"""The log of what was taken: a line for what was kept together, however many requests that was."""

import asyncio
import logging

log = logging.getLogger("muster.alerts")

MOST = 100
"""So many requests are named in one line."""


class TakenLog:
    """Gathers what is kept by one commit: a line for each of a thousand requests costs as much as they do."""

    def __init__(self) -> None:
        self._told: dict[str, list[tuple[str, int]]] = {}

    def add(self, source: str, trace: str, alerts: int) -> None:
        """Note what a request told; it is in the log once all that were kept with it are here."""
        if not self._told:
            asyncio.get_running_loop().call_soon(self._say)
        self._told.setdefault(source, []).append((trace, alerts))

    def _say(self) -> None:
        told, self._told = self._told, {}
        for source, requests in told.items():
            for first in range(0, len(requests), MOST):
                these = requests[first : first + MOST]
                traces, numbers = ",".join(trace for trace, _ in these), sum(number for _, number in these)
                log.info("alerts were taken", extra={"source": source, "trace": traces, "alerts": numbers})
