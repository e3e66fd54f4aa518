"""The watchdog for the pager itself: the audit, the probes, the metrics and the heartbeat, wired together."""

from collections.abc import Awaitable, Callable

from bot.config import Secrets
from bot.health.measures import Measures
from bot.health.metrics import Metrics
from bot.health.probes import Connected, Probes
from bot.integrations.heartbeat import LOOK_EVERY, Heartbeat
from bot.integrations.slack.alarm import LOOK_EVERY as ALARM_EVERY
from bot.integrations.slack.alarm import Alarm
from bot.integrations.slack.client import SlackClient
from bot.unit_of_work import UnitOfWork
from scheduler import audit
from scheduler.audit import Audit
from scheduler.delivery import Deliveries
from scheduler.lag import LoopLag
from scheduler.loop import Repeating
from scheduler.starting import Steps
from scheduler.ticks import Ticks


class Watching:
    """What looks after the rest, and how it is asked. A heartbeat that is not configured is not built."""

    def __init__(
        self,
        uow: UnitOfWork,
        measures: Measures,
        ticks: Ticks,
        deliveries: Deliveries,
        *,
        secrets: Secrets,
        slack: SlackClient,
        connected: Connected,
        connections: Callable[[], Awaitable[int]],
        steps: Steps,
    ) -> None:
        self.audit = Audit(uow, measures)
        self.probes = Probes(uow, ticks, deliveries, self.audit, slack, connected)
        self.metrics = Metrics(uow, measures, ticks, self.audit, connections, steps)
        self.lag = LoopLag(uow.clock, measures)
        alarm = Alarm(uow, slack)
        self.repeating = [
            Repeating("audit", audit.EVERY, self.audit.run),
            Repeating("alarm", ALARM_EVERY, alarm.look),
        ]
        if secrets.heartbeat_url:
            urls, probes = (secrets.heartbeat_url, secrets.heartbeat_fail_url), self.probes
            heartbeat = Heartbeat(uow, measures, *urls, probes.well, probes.faults)
            self.repeating.append(Repeating("heartbeat", LOOK_EVERY, heartbeat.beat))
