"""An event loop whose time passes when a test says so."""

import asyncio


class Leaping(asyncio.SelectorEventLoop):
    """An event loop whose clock moves on when it is told."""

    def __init__(self) -> None:
        self.at = 1000.0
        super().__init__()

    def time(self) -> float:
        return self.at

    def pass_(self, seconds: float) -> None:
        """Let so much time pass, and have done what falls due, one after another."""
        until = self.at + seconds
        while due := [one for one in self._scheduled if not one.cancelled() and one.when() <= until]:  # type: ignore[attr-defined]
            self.at = max(self.at, min(one.when() for one in due))
            self.run_until_complete(asyncio.sleep(0))
        self.at = until
