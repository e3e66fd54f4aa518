"""What whoever takes a role is expected to do: as in the public GitLab handbook, or as the file says."""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from bot.config.names import Place, did_you_mean
from bot.config.values import STRICT, Name, wrong
from bot.domain.incidents.fields import is_link
from bot.domain.process import (
    CMOC,
    CSM,
    ENGINEERING_COMMUNICATIONS_LEAD,
    EOC,
    IM,
    INFRASTRUCTURE_LEADER,
    INFRASTRUCTURE_LIAISON,
    RoleCard,
    RoleLink,
)

ADDRESS = "an address that begins with https:// or http://"

DUTIES: Mapping[str, tuple[str, ...]] = {
    EOC: (
        "Ask first what changed and can be reverted. Set recent feature flags back at once, without asking.",
        "Then look through the change requests: can the application be rolled back?",
        "Not sure of the cause? Page the IM, `/inc escalate`. You stay responsible for the incident.",
        "At S1 and S2 join the call now, and say in the channel that you do.",
        "Post updates regularly, `/inc update`, and have findings pinned with :pushpin:.",
        "At S3 and S4 you also do what the IM does, after the mitigation: `/inc duties IM`.",
        "You are done when the summary says all that matters, `/inc summary`, and the corrective actions are "
        "written down.",
    ),
    IM: (
        "Clearly an S1? `/inc verify` pages the leadership, at any hour. At a large outage ask them whether "
        "a senior leader should join and coordinate the recovery.",
        "A code change may be the cause? Engage the release managers: `/inc escalate Release managers`.",
        "Post updates regularly, `/inc update`: the impact on customers, and what is done about it.",
        "See that the required fields are set, and that it is confidential if it has to be: `/inc field`.",
        "See that the summary, the causes and the notice for the CMOC are filled in: `/inc summary`.",
        "See that public communication is right and in time. Confirm the impact on customers with the EOC "
        "before you approve it.",
        "See that every action is written down and assigned: `/inc action`.",
        "See that the timeline is complete, with the start and end of the impact: `/inc timeline`.",
        "Help the EOC to engage development and, if it applies, business contingency.",
        "After an S1 or S2 start the review, and tell the manager of the team that owns the root cause.",
        "Longer than your shift? Hand over to the next IM: `/inc role IM @person`.",
    ),
    INFRASTRUCTURE_LEADER: (
        "Join the call.",
        "Ask the EOC whether they need help from further SREs.",
        "Ask the IM whether they can fulfil their duties. You do not replace them.",
        "Decide whether the technical investigation needs a separate call.",
        "Be the technical contact of the IM and the CMOC, so that the EOC can work on the remedy alone.",
    ),
    INFRASTRUCTURE_LIAISON: (
        "Look at the incident as a whole, and check its severity.",
        "Bring in further teams, also from outside Engineering.",
        "Once impact and response are understood, post the notice to the executives: summary, impact on "
        "customers, current response, links to incident and channel.",
        "Stay engaged, and post what changes in the thread of that notice.",
    ),
    ENGINEERING_COMMUNICATIONS_LEAD: (
        "Learn history and state of the incident first: `/inc recap`.",
        "Start a call of its own, `/inc customer-call`, and invite the CSM.",
        "In it rename yourself *GitLab - Engineering Communications Lead*, and have the CSM do the like.",
        "Invite the customers who are needed, through the CSM.",
        "Agree with the IM how news goes between both calls, before it starts; perhaps in the channel.",
        "Stay for all of it, and do not jump between the calls.",
    ),
    CSM: (
        "Learn history and state of the incident first: `/inc recap`.",
        "Invite the customers who are needed. In the call rename yourself *GitLab - CSM*.",
        "Stay in the call with the customers for all of it, and do not jump between the calls.",
    ),
    CMOC: (
        "Be the voice of the incident: tell users and colleagues by the status page.",
        "Update the status page as often as the severity asks for.",
        "Tell customer success and the community team, and tell them again when it is mitigated.",
        "Publish nothing before the EOC and the IM confirm that customers are significantly affected.",
    ),
}


def _address(raw: str) -> str:
    if raw and not is_link(raw):
        raise wrong(ADDRESS)
    return raw


Address = Annotated[str, AfterValidator(_address)]


class RoleLinkEntry(BaseModel):
    model_config = STRICT
    name: Name = Field(description="what the link is called, such as Checklist")
    url: Address = Field(description=ADDRESS, min_length=1)
    mirror: Address = Field(default="", description=ADDRESS)


class RoleEntry(BaseModel):
    """What is written about a role."""

    model_config = STRICT
    duties: list[str] = Field(default=[], max_length=20, description="a list of texts; [] for none")
    links: list[RoleLinkEntry] = Field(
        default=[], max_length=5, description="a list of links, each with name, url and mirror"
    )


def odd_roles(written: Mapping[str, RoleEntry], roles: Collection[str]) -> Iterator[tuple[Place, str]]:
    """Yield the entries of roles that no team has: nobody would read them."""
    for name in written:
        if name not in roles:
            yield ("roles", name), f"is the role of no team. {did_you_mean(name, tuple(roles))}"


def role_cards_of(written: Mapping[str, RoleEntry], roles: Collection[str]) -> Iterator[tuple[str, RoleCard]]:
    """Yield what each role's holder reads, where there is something."""
    for role in roles:
        entry = written.get(role, RoleEntry())
        own = "duties" in entry.model_fields_set
        duties = tuple(entry.duties) if own else DUTIES.get(role, ())
        links = tuple(RoleLink(one.name, one.url, one.mirror) for one in entry.links)
        if duties or links:
            yield role, RoleCard(role, duties, links)
