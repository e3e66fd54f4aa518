"""Ids and time stamps: never the same twice, and the same in every run that starts at the same time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sandbox.clock import Clock

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


class Ids:
    """Gives out ids. The time of its making is in each, so a bot's database may outlive a sandbox."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Turns an id into what only this run could have made of it.
        self.sign: Callable[[str], str] = str.lower
        self._run = base36(max(0, int((clock.now() - EPOCH).total_seconds())))
        self._count = 0
        self._last = 0

    @property
    def state(self) -> list[str | int]:
        """What another run needs to go on without giving anything out twice."""
        return [self._run, self._count, self._last]

    @state.setter
    def state(self, state: tuple[str, int, int]) -> None:
        self._run, self._count, self._last = state

    def new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}0{self._run}{base36(self._count):0>4}"

    def secret(self, prefix: str = "") -> str:
        """Give out what opens something: nobody can guess it from what was given out before."""
        return f"{prefix}{self.sign(self.new(prefix))}"

    def ts(self) -> str:
        """A message's time stamp: later than every one before it."""
        now = (self._clock.now() - datetime.fromtimestamp(0, UTC)) // MICROSECOND
        self._last = max(now, self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"
