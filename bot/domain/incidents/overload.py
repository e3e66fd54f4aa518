"""Too much for one person: the three cases of the public GitLab handbook, and what is offered to them.

An EOC with two or more open incidents of S3 or worse pages the IM; an IM with two open S1 or S2 asks for
another IM; an EOC who has an IM already, or several engineers to coordinate, pages the Infrastructure Leader.
Drills do not count.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.incidents.incident import Incident, Severity
from bot.domain.process import EOC, IM, INFRASTRUCTURE_LEADER

TOO_MANY = 2
SEVERAL = 3
"""So many engineers at work on one incident want coordinating."""
ANSWER_WITHIN = timedelta(minutes=15)
"""How long another IM is waited for, before leadership is offered."""


class Offer(StrEnum):
    """What is offered to somebody who has too much to do."""

    PAGE_IM = "page_im"
    ANOTHER_IM = "another_im"
    PAGE_LEADER = "page_leader"

    @property
    def role(self) -> str:
        """The role that is wanted."""
        return INFRASTRUCTURE_LEADER if self is Offer.PAGE_LEADER else IM


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether somebody asked for another IM, and whether nobody came in time."""

    by: str = ""
    in_vain: bool = False


NOT_ASKED = Asked()


@dataclass(frozen=True, slots=True)
class Help:
    """What is offered to a person for an incident: a page for `team`, or a question in its channel.

    `incidents` are those that made it too much, of which they hold `role`; none where one alone did.
    """

    offer: Offer
    team: str
    role: str
    incidents: tuple[int, ...]


def counted(held: Iterable[tuple[Incident, str]], role: str) -> tuple[int, ...]:
    """Return the incidents that count, of those of which somebody holds roles."""
    return tuple(
        one.id
        for one, theirs in held
        if theirs == role
        and one.watched
        and not one.drill
        and (one.severity.high if role == IM else one.severity is not Severity.S4)
    )


def offered(
    incident: Incident,
    person: str,
    held: Iterable[tuple[Incident, str]],
    *,
    roles: Mapping[str, str],
    at_work: Collection[str],
    asked: Asked = NOT_ASKED,
) -> Offer | None:
    """Return what is offered to a person who holds these roles, for one incident.

    `roles` says who has which of it, `at_work` who is at work on it.
    """
    if incident.drill or not incident.watched:
        return None
    found = list(held)
    of_im, of_eoc = (counted(found, role) for role in (IM, EOC))
    if incident.id in of_im and len(of_im) >= TOO_MANY:
        if asked.by != person:
            return Offer.ANOTHER_IM
        return Offer.PAGE_LEADER if asked.in_vain else None
    if incident.id in of_eoc and len(of_eoc) >= TOO_MANY:
        return Offer.PAGE_LEADER if IM in roles else Offer.PAGE_IM
    others = {roles.get(IM), roles.get(INFRASTRUCTURE_LEADER)}
    several = len([one for one in at_work if one not in others]) >= SEVERAL
    return Offer.PAGE_LEADER if several and person in {incident.lead, roles.get(EOC)} else None
