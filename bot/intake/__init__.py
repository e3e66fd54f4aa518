"""What monitoring sends, read into signals. One module a format.

A reader takes any JSON and gives the signals in it. What is missing or odd is made up for; only where nothing
is found that could be an alert does it raise `Unreadable`: an alert that was sent wrongly pages all the same.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

from bot.domain.alerts.routing import Source
from bot.domain.alerts.signals import Signal
from bot.intake import (
    alertmanager,
    bodies,
    datadog,
    gitlab,
    healthchecks,
    mapped,
    nagios,
    opsgenie,
    pagerduty,
    sentry,
    sns,
    uptime_kuma,
    zabbix,
)

Reader: TypeAlias = Callable[[Any], list[Signal]]

READERS: Mapping[str, Reader] = {
    "pagerduty": pagerduty.read,
    "alertmanager": alertmanager.read,
    "grafana": alertmanager.read,
    "opsgenie": opsgenie.read,
    "sentry": sentry.read,
    "datadog": datadog.read,
    "sns": sns.read,
    "gitlab": gitlab.read,
    "healthchecks": healthchecks.read,
    "uptime-kuma": uptime_kuma.read,
    "zabbix": zabbix.read,
    "nagios": nagios.read,
}
"""The formats, by the name that a source in `muster.yml` gives."""
MAPPED = "json"
"""The format of a source whose own JSON is read by its layout."""
FORMATS = (*READERS, MAPPED)


def reader_of(source: Source) -> Reader:
    """Return what reads the bodies of a source."""
    return partial(mapped.read, layout=source.layout) if source.layout else READERS[source.format]


def parsed(source: Source, raw: bytes, kind: str = "") -> Any:
    """Return a source's body of this Content-Type as JSON. Raises ValueError."""
    try:
        return bodies.parsed(raw, kind)
    except ValueError:
        if source.format != "datadog":
            raise
    return datadog.mended(raw)
