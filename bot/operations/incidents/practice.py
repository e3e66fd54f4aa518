"""Practice: who takes part in it, and what has been done of its tutorial."""

from dataclasses import replace

from bot.domain.errors import Refused, Step
from bot.domain.facts import TookPart
from bot.domain.incidents.incident import OVER, Incident
from bot.operations.incidents.changes import save
from bot.operations.paging.placing import let_in
from bot.operations.rights import visible
from bot.operations.workspace.people import refuse_for_role
from storage.transaction import Tx


def take_part(tx: Tx, incident_id: int, person: str, *, by: str) -> Incident:
    """Have one more person take part in practice: from the next page on they are called too."""
    before = visible(tx, incident_id, by)
    if not before.drill or before.status in OVER:
        what = before.status if before.drill else "no practice"
        raise Refused(
            f"INC-{incident_id} is {what}: nobody is added to it. To practise, type `/inc test @person` "
            "outside an incident's channel.",
            Step("How it stands", "", incident_id),
        )
    refuse_for_role(tx, person)
    if person in before.practice:
        raise Refused(f"<@{person}> takes part in INC-{incident_id} already.")
    incident = replace(before, practice=(*before.practice, person))
    tx.record(TookPart(incident=incident_id, by=by, person=person))
    let_in(tx, incident_id, person)
    save(tx, incident)
    return incident
