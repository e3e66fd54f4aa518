"""What monitoring sends, read into signals. One module a format.

A reader takes any JSON and gives the signals in it. What is missing or odd is made up for; only where nothing
is found that could be an alert does it raise `Unreadable`: an alert that was sent wrongly pages all the same.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bot.domain.alerts.signals import Signal
from bot.intake import alertmanager, pagerduty

Reader: TypeAlias = Callable[[Any], list[Signal]]

READERS: Mapping[str, Reader] = {
    "pagerduty": pagerduty.read,
    "alertmanager": alertmanager.read,
    "grafana": alertmanager.read,
}
"""The formats, by the name that a source in `muster.yml` gives."""
