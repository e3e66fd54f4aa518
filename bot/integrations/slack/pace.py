"""How fast Slack is called. It is left in peace for as long as it asks; one "too many" stops nothing else.

Slack's numbers are lower bounds, so a budget is held to only where Slack has refused a call of late. Posting
is limited by channel; when several channels refuse at once, posting as a whole is. Pages mind only what
their own direct messages were told: what the others use up never delays one.
"""

from collections import deque
from datetime import UTC, datetime, timedelta

POST = "chat.postMessage"
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
MINDFUL = timedelta(minutes=10)
"""How long a budget is held to after Slack refused a call."""
A_PAGE_WAITS = timedelta(minutes=1)
"""The longest that a page minds what Slack asked for."""
MANY_CHANNELS = 3
"""So many channels that refuse a message at once mean that posting is limited as a whole."""

_TWENTY = frozenset(
    {
        "bookmarks.add",
        "bookmarks.edit",
        "bookmarks.remove",
        "conversations.create",
        "conversations.list",
        "conversations.rename",
        "conversations.setTopic",
        "pins.add",
        "reactions.remove",
        "usergroups.list",
        "usergroups.users.list",
        "usergroups.users.update",
        "users.list",
    }
)
_FIFTY = frozenset(
    {
        "bookmarks.list",
        "chat.delete",
        "chat.update",
        "conversations.history",
        "conversations.invite",
        "conversations.join",
        "conversations.replies",
        "reactions.add",
    }
)
_OTHERWISE = 100
_MESSAGES = 200
"""Messages a minute to all channels together, pages aside: Slack allows several hundred."""

_MANY_EDITED = 1000
"""So many messages are remembered before those are forgotten that wait for nothing."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Budget:
    """`most` calls in a `period`, and what Slack asked for."""

    def __init__(self, most: int, period: timedelta) -> None:
        self._most = most
        self._period = period
        self._made: deque[datetime] = deque(maxlen=most)
        self._seen: datetime = _LONG_AGO
        self._closed_at: datetime = _LONG_AGO
        self._open_at: datetime = _LONG_AGO
        self._mindful_until: datetime = _LONG_AGO
        self._promised: datetime = _LONG_AGO

    def close(self, after: timedelta, now: datetime) -> None:
        """Let nothing through for so long, and hold to the budget for a while from then."""
        if now + after > self._open_at:
            self._closed_at, self._open_at = now, now + after
        self._mindful_until = now + after + MINDFUL

    def closed(self, now: datetime) -> bool:
        return now < self._open_at

    def forgettable(self, now: datetime) -> bool:
        """Say whether nothing that was asked for matters any more."""
        return now >= self._mindful_until

    def wait(self, now: datetime) -> timedelta:
        """Return how long the next call has to wait. Those that wait are given times one after another."""
        self._look_at(now)
        opens = now
        if self.closed(now):
            opens = self._open_at
        elif now < self._mindful_until and len(self._made) == self._most:
            opens = max(now, self._made[0] + self._period)
        if opens == now:
            return timedelta()
        promised = max(opens, self._promised)
        self._promised = promised + self._period / self._most
        return promised - now

    def wait_for_page(self, now: datetime) -> timedelta:
        """Return how long a page has to wait: a minute at most, and only for what Slack asked for."""
        self._look_at(now)
        opens = min(self._open_at, self._closed_at + A_PAGE_WAITS)
        return max(opens - now, timedelta()) if self.closed(now) else timedelta()

    def made(self, now: datetime) -> None:
        self._made.append(now)

    def _look_at(self, now: datetime) -> None:
        """Forget everything when the clock was set back: it would keep us waiting for as long."""
        if now < self._seen:
            self._forget()
        self._seen = now

    def _forget(self) -> None:
        self._made.clear()
        self._closed_at = self._open_at = self._mindful_until = self._promised = _LONG_AGO


class Pace:
    """What may be called now. It knows no clock: it is told the time."""

    def __init__(self) -> None:
        self._methods: dict[str, Budget] = {}
        self._channels: dict[str, Budget] = {}

    def wait(self, method: str, channel: str, now: datetime, *, urgent: bool = False) -> timedelta:
        """Return how long this call has to wait. Nothing: it is made now, and counted."""
        budgets = [] if urgent else [self._method(method)]
        if method == POST and channel in self._channels:
            budgets.append(self._channels[channel])
        for budget in budgets:
            if wait := budget.wait_for_page(now) if urgent else budget.wait(now):
                return wait
        for budget in budgets:
            budget.made(now)
        return timedelta()

    def refused(self, method: str, channel: str, after: timedelta, now: datetime) -> None:
        """Note that Slack said "too many", and how long it asks to wait."""
        if method != POST:
            self._method(method).close(after, now)
            return
        self._channels = {one: kept for one, kept in self._channels.items() if not kept.forgettable(now)}
        self._channels.setdefault(channel, Budget(1, SECOND)).close(after, now)
        if sum(one.closed(now) for one in self._channels.values()) >= MANY_CHANNELS:
            self._method(method).close(after, now)

    def _method(self, method: str) -> Budget:
        return self._methods.setdefault(method, Budget(_a_minute(method), MINUTE))


class Edits:
    """When messages were edited last. It is told the time, by a clock that nobody sets."""

    def __init__(self, apart: timedelta) -> None:
        self._apart = apart.total_seconds()
        self._made: dict[str, float] = {}

    def wait(self, message: str, now: float) -> timedelta:
        """Return how long the next edit of a message has to wait."""
        made = self._made.get(message)
        return timedelta(seconds=max(0.0, made + self._apart - now)) if made is not None else timedelta()

    def made(self, message: str, now: float) -> None:
        """Note an edit, and forget those that keep none waiting any more."""
        if message not in self._made and len(self._made) >= _MANY_EDITED:
            self._made = {one: at for one, at in self._made.items() if at + self._apart > now}
        self._made[message] = now


def _a_minute(method: str) -> int:
    """Return how many calls Slack promises to bear in a minute."""
    if method == POST:
        return _MESSAGES
    return 20 if method in _TWENTY else 50 if method in _FIFTY else _OTHERWISE
