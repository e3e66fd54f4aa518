"""Checklists: what an item does when it is pressed, and what is done."""

from bot.domain.errors import Refused, Step
from bot.domain.facts import CallWanted, ChecklistTicked, SecondImAsked
from bot.domain.incidents import checklists as domain
from bot.domain.incidents.calls import known_address
from bot.domain.incidents.checklists import BEGUN, CHECKLISTS, Checklist, Item, checkable
from bot.domain.incidents.fields import CUSTOMER_CALL as CALL_LINK
from bot.domain.incidents.fields import letters
from bot.domain.incidents.incident import Incident
from bot.domain.process import ENGINEERING_COMMUNICATIONS_LEAD, IM, INFRASTRUCTURE_LEADER
from bot.domain.work.work import ActionKind
from bot.operations.incidents.fields import add_link
from bot.operations.incidents.ownership import assign_role
from bot.operations.paging.paging import being_paged, request_page
from bot.operations.rights import visible
from bot.operations.work.actions import add_action
from storage import checklists, links, places, roles
from storage.transaction import Tx


def begin_checklist(tx: Tx, incident_id: int, name: str, *, by: str) -> bool:
    """Have the channel see a checklist, once; say whether that is news."""
    checkable(visible(tx, incident_id, by), name)
    return _tick(tx, incident_id, name, BEGUN, by)


def press_item(tx: Tx, incident_id: int, name: str, key: str, *, by: str) -> Incident:
    """Do what an item is for, and tick it off. What is done already stays as it is."""
    incident = checkable(visible(tx, incident_id, by), name)
    item = _known(name).item(key)
    if key in done(tx, incident, name):
        return incident
    if item.role:
        raise Refused(f"Name a person: `/inc role {item.role} @person`.")
    if key == domain.ASK_IM:
        _ask_for_second_im(tx, incident, by)
    elif key == domain.LEADERSHIP:
        _page_leadership(tx, incident, by)
    elif key == domain.CALL:
        _open_call(tx, incident, by)
    elif item.follow_up:
        _write_down(tx, incident, item, by)
    _tick(tx, incident_id, name, key, by)
    return incident


def take_call(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Be the Engineering Communications Lead of the call with customers. Refuses when somebody is."""
    incident = checkable(visible(tx, incident_id, by), domain.CUSTOMER_CALL)
    if holder := roles.of(tx, incident_id).get(ENGINEERING_COMMUNICATIONS_LEAD):
        raise Refused(f"<@{holder}> is {ENGINEERING_COMMUNICATIONS_LEAD} of INC-{incident_id} already.")
    return assign_role(tx, incident.id, ENGINEERING_COMMUNICATIONS_LEAD, by, by=by)


def done(tx: Tx, incident: Incident, name: str) -> dict[str, str]:
    """Return by item who did it, or has its role now; a call is there however its link came."""
    found = {one.item: one.done_by for one in checklists.of(tx, incident.id, name).values()}
    held = roles.of(tx, incident.id)
    for item in _known(name).items:
        if item.role:
            found.pop(item.key, None)
        if item.role in held:
            found[item.key] = held[item.role]
    if name == domain.CUSTOMER_CALL and (call := _call(tx, incident)):
        found.setdefault(domain.CALL, call)
    return found


def _known(name: str) -> Checklist:
    if name not in CHECKLISTS:
        raise Refused("I know no such checklist. There are `/inc customer-call` and `/inc blocked-users`.")
    return CHECKLISTS[name]


def _call(tx: Tx, incident: Incident) -> str:
    """Return who added the link to the call with customers, or nothing."""
    found = (one for one in links.of(tx, incident.id) if letters(one.name) == letters(CALL_LINK))
    return next((str(one.added_by) for one in found), "")


def _ask_for_second_im(tx: Tx, incident: Incident, by: str) -> None:
    """Ask where IMs are; refuse where nobody would read it, so that it is not ticked off in vain."""
    team = tx.process.team_of_role(IM, tx.process.type_of(incident.type))
    place = places.named(tx, team.channel) if team and team.channel else None
    if not place or place.archived:
        where = f"channel #{team.channel}" if team and team.channel else "channel of the IMs"
        raise Refused(
            f"I see no {where}. Invite me there (`/invite @muster`) and press again, or page an IM.",
            Step("Page somebody", "escalate", incident.id),
        )
    if not incident.drill:  # nobody outside is asked for practice
        tx.record(SecondImAsked(incident=incident.id, by=by))


def _page_leadership(tx: Tx, incident: Incident, by: str) -> None:
    team = tx.process.team_of_role(INFRASTRUCTURE_LEADER, tx.process.type_of(incident.type))
    if not team:
        raise Refused(f"No team has the role {INFRASTRUCTURE_LEADER}. `/inc escalate` pages somebody else.")
    if team.role in roles.of(tx, incident.id) or being_paged(tx, incident.id, team.name):
        return
    message = "There will be a call with customers: please assist, and help to find the CSM"
    request_page(tx, team.name, message, by=by, incident_id=incident.id)


def _open_call(tx: Tx, incident: Incident, by: str) -> None:
    call = tx.process.type_of(incident.type).customer_call
    if not call:
        raise Refused("No address of such calls is configured: `/inc link customer call https://…` adds one.")
    if address := known_address(call, incident.id):
        add_link(tx, incident.id, CALL_LINK, address, by=by)
    elif not incident.drill:
        tx.record(CallWanted(incident=incident.id, by=by))


def _write_down(tx: Tx, incident: Incident, item: Item, by: str) -> None:
    """Write a follow-up, for whoever has the role that does it."""
    whose = roles.of(tx, incident.id).get(item.whose)
    kind = ActionKind.FOLLOW_UP
    title = item.follow_up
    add_action(tx, incident.id, title=title, details="", kind=kind, assignee=whose, due=None, by=by)


def _tick(tx: Tx, incident_id: int, name: str, item: str, by: str) -> bool:
    news = checklists.tick(tx, incident_id, name, item, by)
    if news:
        tx.record(ChecklistTicked(incident=incident_id, by=by, checklist=name, item=item))
    return news
