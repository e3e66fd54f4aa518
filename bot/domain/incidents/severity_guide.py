"""How bad it is: the table of the public GitLab handbook, "Incident Severity", in our words."""

from bot.domain.incidents.incident import Severity

SEVERITY_GUIDE: dict[Severity, str] = {
    Severity.S1: "Down or badly degraded for most users, or customers lose data",
    Severity.S2: "A primary service or a part of the users; there may be a workaround",
    Severity.S3: "Broad but minor inconvenience, no workaround needed; blocked deployments",
    Severity.S4: "Hardly anybody notices",
}
"""The table, each short enough to stand under its choice. When in doubt, the higher one."""

WHOLE_GUIDE: dict[Severity, tuple[str, ...]] = {
    Severity.S1: (
        "The typical user finds GitLab.com down or badly degraded",
        "Customers are directly hit by any loss of data",
        "The promised date of a self-managed release is in danger",
        "A security incident of high impact",
        "Internal only: all metrics are gone (Prometheus is down)",
        "An Incident Manager is paged for every S1",
    ),
    Severity.S2: (
        "The availability of a primary service has measurably suffered: API, container registry, Git, web",
        "GitLab.com is down or degraded for a small part of the users",
        "GitLab.com is degraded, but there is a reasonable workaround",
        "It looks broken nearly everywhere, so that people stop trusting it",
        "A security incident of moderate impact",
        "CustomersDot is offline",
        "An Incident Manager is paged for every S2",
    ),
    Severity.S3: (
        "Many users are slightly disturbed in what they usually do",
        "No workaround is needed",
        "A security incident of low impact",
        "Most internal trouble with blocked deployments, also when a graver incident waits for one",
        "CustomersDot is in maintenance mode",
    ),
    Severity.S4: ("What users usually do is hardly disturbed",),
}
"""Every line of the table: one that fits is enough."""

ADVICE = (
    "Choose by what is known now, and change it when more is known. When in doubt, the higher one. "
    "It stays at the worst impact that there was, also after it is mitigated or resolved."
)
