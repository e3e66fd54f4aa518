"""What stands at a glance beside an incident's state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.incidents.streams import Stream
from bot.domain.paging.notifications import Notification
from bot.domain.paging.pagers import PagerAlert


@dataclass(frozen=True, slots=True)
class Glance:
    """How many actions are open, the required fields that are missing, the open streams, and how the pages
    that wait were sent.

    A card is read long after it is drawn: `took` says which contact methods beside Slack took a page so far,
    each of which draws it anew. What is read at once is drawn with `now`, and shows what became of the
    notifications (`methods`, by page) and the seconds that are left. `pagers` are what pages raised in the
    pager of their team. `impact` is from when until when it was,
    of an incident that was over when it was declared.
    """

    actions: int = 0
    lacks: Sequence[str] = ()
    streams: Sequence[Stream] = ()
    took: Mapping[int, Sequence[str]] = field(default_factory=dict)
    methods: Mapping[int, Sequence[Notification]] = field(default_factory=dict)
    pagers: Mapping[int, PagerAlert] = field(default_factory=dict)
    now: datetime | None = None
    impact: tuple[datetime, datetime] | None = None
