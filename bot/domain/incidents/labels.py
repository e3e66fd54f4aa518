"""The labels of the public GitLab handbook, "Labeling"."""

from bot.domain.incidents.incident import Incident, Status


def labels(incident: Incident) -> tuple[str, ...]:
    """Return the handbook's labels, derived from the state and stored nowhere."""
    status = Status.RESOLVED if incident.correcting else incident.status
    found = [_STAGE_LABEL[status]] if status in _STAGE_LABEL else []
    blocking = incident.severity.high if incident.blocks_deployments is None else incident.blocks_deployments
    if blocking and incident.watched and not incident.drill:
        found += ["blocks deployments", "blocks feature-flags"]
    if incident.drill:
        found.append("Gameday")
    if incident.near_miss:
        found.append("Near Miss")
    return tuple(found)


_STAGE_LABEL = {
    Status.INVESTIGATING: "Incident::Active",
    Status.FIXING: "Incident::Active",
    Status.MONITORING: "Incident::Mitigated",
    Status.RESOLVED: "Incident::Resolved",
    Status.POST_INCIDENT: "Incident::Resolved",
    Status.CLOSED: "Incident::Resolved",
}
