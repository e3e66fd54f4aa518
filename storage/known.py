"""What a decision has looked up already: asked for again, it is not put to the engine again.

Whoever writes any of it puts the new state here, or takes the old one out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.paging.engagement import Holder
from bot.domain.paging.escalations import Escalation, OnCall
from bot.domain.paging.pages import Page


@dataclass(slots=True)
class Active:
    """The active people of each team, first choice first, who of them is called, and who shadows them."""

    people: Mapping[str, Sequence[str]]
    called: OnCall
    shadows: OnCall


@dataclass(slots=True)
class Known:
    """`pages_of` has the ids of all pages of an incident, `there` whether people are in its channel, or went
    from it; `gone` is who was removed from private ones. Pages that are `unoffered` have no offer. `goes_on`
    says that more alerts wait than were decided about.
    """

    pages: dict[int, Page] = field(default_factory=dict)
    pages_of: dict[int, list[int]] = field(default_factory=dict)
    holders: dict[int, list[Holder]] = field(default_factory=dict)
    channels: dict[int, str | None] = field(default_factory=dict)
    statuses: dict[int, str] = field(default_factory=dict)
    practice: dict[int, bool] = field(default_factory=dict)
    there: dict[int, dict[str, bool]] = field(default_factory=dict)
    gone: Mapping[int, frozenset[str]] | None = None
    unoffered: set[int] = field(default_factory=set)
    on_call: Active | None = None
    goes_on: bool = False

    def went_on(self, seen: Escalation, now: Escalation | None) -> None:
        """Let the pages of an escalation know how it was written; without `now` they are read anew."""
        for number in self.pages_of.get(seen.incident or 0, ()):
            page = self.pages.get(number)
            if page and page.escalation.id == seen.id:
                del self.pages[number]
                if now:
                    self.pages[number] = replace(page, escalation=now)
