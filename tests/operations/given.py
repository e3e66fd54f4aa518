"""Incidents to begin a test with."""

from dataclasses import replace

from bot.domain.incidents.incident import Draft, Incident, Severity
from bot.operations.incidents.declare import declare
from bot.operations.workspace.channel import channel_opened
from storage import incidents, notifications, pages
from tests.conftest import Office


def given_incident(
    office: Office,
    severity: str = "S3",
    *,
    name: str = "Disk full",
    kind: str = "GitLab.com",
    triage: bool = False,
    private: bool = False,
    channel: str | None = "CINC",
    practice: tuple[str, ...] = ("UREP",),
) -> Incident:
    """Declare an incident; a drill with those who take part in it."""
    draft = Draft(name, kind, Severity(severity), triage=triage, private=private)
    draft = replace(draft, practice=practice) if kind == "Gameday" else draft
    incident = office.perform(declare, draft, by="UREP", form=None)
    if channel:
        office.perform(channel_opened, incident.id, channel, f"inc-{incident.id}")
    office.emitted()
    return office.read(incidents.get, incident.id)


def pending(office: Office, incident: Incident) -> list[tuple[str, str | None]]:
    """Return team and responder of every page that waits for an answer."""
    found = office.read(pages.pending_of, incident.id)
    return [(page.level_team, page.responder) for page in found]


def delivered(office: Office, page_id: int, ts: str = "", *, channel: str = "D1") -> None:
    """Have Slack take the message that covers a page, with all that it calls for."""
    message = office.read(pages.get, page_id).notification
    assert message
    covered = [page.id for page in office.read(pages.covered_by, message.id)]
    place = channel, ts or f"{page_id}.0"
    office.perform(notifications.posted, message.id, *place, covered, resent=False)
