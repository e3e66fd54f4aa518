"""Where the parts of an alert stand in a source's own JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

OVER = ("resolved", "ok", "up", "closed", "recovered", "success", "normal", "inactive", "0", "false")
SEEN = ("acknowledged", "ack")


@dataclass(frozen=True, slots=True)
class Layout:
    """For each part a JMESPath; `resolved` and `acknowledged` are the words of its state for that."""

    paths: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    resolved: tuple[str, ...] = OVER
    acknowledged: tuple[str, ...] = SEEN
