"""Checklists of an incident: what is ticked off, by whom and when.

Both come from the public GitLab handbook: "Incidents requiring direct customer interaction", and what follows
when users were blocked ("Incident Mitigation Methods").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import Malformed, Refused, Step
from bot.domain.incidents.incident import GONE, Incident
from bot.domain.process import CSM, ENGINEERING_COMMUNICATIONS_LEAD

BEGUN = "begun"
"""The item that says who began a checklist."""
CUSTOMER_CALL, USERS_BLOCKED = "customer_call", "users_blocked"
ASK_IM, LEADERSHIP, LEAD, CUSTOMER_SUCCESS, CALL = "im", "leadership", "lead", "csm", "call"


@dataclass(frozen=True, slots=True)
class Tick:
    """An item of a checklist that somebody did."""

    item: str
    done_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """Something to do: the button's label says what pressing it does. Where it is to be done later,
    `follow_up` is the action that is written down for it, for whoever has the role `whose`.
    """

    key: str
    text: str
    label: str = "Done"
    role: str = ""
    follow_up: str = ""
    whose: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    name: str
    title: str
    items: tuple[Item, ...]
    note: str

    def item(self, key: str) -> Item:
        found = next((one for one in self.items if one.key == key), None)
        if not found:
            raise Malformed
        return found


CHECKLISTS: Mapping[str, Checklist] = {
    one.name: one
    for one in (
        Checklist(
            CUSTOMER_CALL,
            "Call with customers",
            (
                Item(ASK_IM, "Ask for a second IM, for the call alone", "Ask in the IMs' channel"),
                Item(LEADERSHIP, "Page Infrastructure leadership, to assist", "Page leadership"),
                Item(
                    LEAD,
                    f"{ENGINEERING_COMMUNICATIONS_LEAD}: the second IM",
                    "Name them",
                    role=ENGINEERING_COMMUNICATIONS_LEAD,
                ),
                Item(
                    CUSTOMER_SUCCESS,
                    "CSM: a Customer Success Manager, for the call alone. Not clear who? Leadership helps",
                    "Name them",
                    role=CSM,
                ),
                Item("briefed", "Both joined here and know history and state: `/inc recap`"),
                Item(CALL, "A second call, not the incident's own", "Open the call"),
                Item("agreed", "Agreed with the IM how news goes between both calls"),
                Item("invited", "Customers are invited, by the CSM"),
            ),
            "In the call both rename themselves *GitLab* with their role, and stay for all of it: no jumping "
            "between the calls.",
        ),
        Checklist(
            USERS_BLOCKED,
            "Users were blocked",
            (
                Item("note", "Each blocked account has an admin note: a link to the incident, and why"),
                Item(
                    "abuse",
                    "Was it abuse? Report them to Trust and Safety, who block them for good; consider SIRT",
                    "Add follow-up",
                    follow_up="Report the blocked users to Trust and Safety",
                ),
                Item(
                    "explain",
                    "Was it none? A confidential issue for the CMOC, who tells the users why",
                    "Add follow-up",
                    follow_up="Open a confidential issue, for the CMOC to tell the blocked users why",
                    whose="CMOC",
                ),
                Item(
                    "unclear",
                    "Not sure whether it was malicious? SIRT investigates; `/inc security` pages them now",
                    "Add follow-up",
                    follow_up="Have SIRT investigate the traffic of the blocked users",
                    whose="Security",
                ),
            ),
            "At S1 and S2 the EOC may block users without asking. What fits of this can wait until the "
            "mitigation.",
        ),
    )
}


def checkable(incident: Incident, checklist: str) -> Incident:
    """Return the incident if a checklist can be worked on, or refuse."""
    over = not incident.status.active if checklist == CUSTOMER_CALL else incident.status in GONE
    if over:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: this checklist is for an incident that people are at "
            "work on.",
            Step("How it stands", "", incident.id),
        )
    return incident
