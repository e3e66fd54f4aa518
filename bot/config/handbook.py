"""The process of the public GitLab handbook, which every key left out falls back to."""

from datetime import timedelta

from bot.domain.incidents.fields import (
    AFFECTED_SERVICES,
    BLOCKS_DEPLOYMENTS,
    CONFIDENTIAL,
    CUSTOMER_IMPACT,
    DATA_CLASS,
    DATA_CLASSES,
    EXTERNALLY_FACING,
    FieldKind,
    FieldType,
)
from bot.domain.process import (
    CMOC,
    EOC,
    IM,
    INFRASTRUCTURE_LEADER,
    INFRASTRUCTURE_LIAISON,
    RELEASE_MANAGER,
    SECURITY,
    IncidentType,
)

DOTCOM_EOC = "dotcom EOC"
DOTCOM_IMOC = "dotcom IMOC"
DOTCOM_CMOC = "dotcom CMOC"
LEADERSHIP = "dotcom leadership escalation"
LIAISON = "Infrastructure Liaison"
SECURITY_ON_CALL = "Security on-call"
RELEASE_MANAGERS = "Release managers"

TIMEOUT = timedelta(minutes=15)
REMINDERS = (timedelta(minutes=5), timedelta(minutes=10))

TEAMS: dict[str, str] = {
    DOTCOM_EOC: EOC,
    DOTCOM_IMOC: IM,
    DOTCOM_CMOC: CMOC,
    LEADERSHIP: INFRASTRUCTURE_LEADER,
    LIAISON: INFRASTRUCTURE_LIAISON,
    SECURITY_ON_CALL: SECURITY,
    RELEASE_MANAGERS: RELEASE_MANAGER,
}
"""The teams and the role that their members take in an incident."""

AFTER_IT: dict[str, tuple[str, ...]] = {
    DOTCOM_EOC: (DOTCOM_IMOC, LEADERSHIP),
    DOTCOM_IMOC: (LEADERSHIP,),
    DOTCOM_CMOC: (DOTCOM_IMOC, LEADERSHIP),
    LEADERSHIP: (),
    LIAISON: (LEADERSHIP,),
    SECURITY_ON_CALL: (LEADERSHIP,),
    RELEASE_MANAGERS: (LEADERSHIP,),
}
"""Who is paged when nobody of a team answers. The handbook names no leadership of Security; that of Delivery
has no team here.
"""

TOLD_OF_MAINTENANCE = (DOTCOM_EOC, RELEASE_MANAGERS, DOTCOM_CMOC)
"""Who is told of a C1 before it begins: the SRE on call, the release managers and the CMOC."""

WITHOUT_IT: dict[str, tuple[str, ...]] = {SECURITY_ON_CALL: (DOTCOM_EOC, *AFTER_IT[DOTCOM_EOC])}
"""Who is paged at once while nobody is named on call for a team that a type pages. So a configuration that
names nobody of Security neither wakes the leadership first nor has a path that ends nowhere.
"""

AFTER_ANY_OTHER = (DOTCOM_IMOC, LEADERSHIP)
MANAGERS = (DOTCOM_IMOC, DOTCOM_CMOC)
TRIAGE = "incidents-dotcom-triage"

VERIFIED = (LEADERSHIP, LIAISON)
"""Who is told of a verified S1, at any hour: of one in security too, but of no drill."""

OTHER_TYPE = IncidentType("", ("incidents",), TRIAGE, DOTCOM_EOC, MANAGERS, verified=VERIFIED)
"""What a type of the configuration's own takes for the keys it leaves out."""

TYPES: dict[str, IncidentType] = {
    kind.name: kind
    for kind in (
        IncidentType(
            "GitLab.com", ("incidents", "incidents-dotcom"), TRIAGE, DOTCOM_EOC, MANAGERS, verified=VERIFIED
        ),
        IncidentType(
            "Dedicated", ("incidents", "incidents-dedicated"), TRIAGE, DOTCOM_EOC, MANAGERS, verified=VERIFIED
        ),
        IncidentType(
            "SIRT",
            (),
            None,
            SECURITY_ON_CALL,
            (),
            always=(DOTCOM_IMOC,),
            leads=SECURITY,
            verified=VERIFIED,
            private=True,
        ),
        IncidentType("Gameday", ("incidents",), TRIAGE, DOTCOM_EOC, MANAGERS, drill=True),
    )
}

FIELDS: dict[str, FieldType] = {
    one.name: one
    for one in (
        FieldType(CONFIDENTIAL, FieldKind.YES_NO),
        FieldType(BLOCKS_DEPLOYMENTS, FieldKind.YES_NO, unset="automatic"),
        FieldType(EXTERNALLY_FACING, FieldKind.YES_NO),
        FieldType(CUSTOMER_IMPACT, FieldKind.YES_NO),
        FieldType(AFFECTED_SERVICES),
        FieldType(DATA_CLASS, FieldKind.CHOICE, DATA_CLASSES),
    )
}
OWN_KIND = frozenset({BLOCKS_DEPLOYMENTS, EXTERNALLY_FACING, DATA_CLASS})
"""Fields whose value rules look at: they hold what they hold."""
