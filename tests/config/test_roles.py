"""What is expected of whoever takes a role: what the handbook asks for, and what the file says instead."""

from pathlib import Path

import pytest

from bot.config import load
from bot.config.roles import DUTIES
from bot.domain.process import (
    CMOC,
    CSM,
    ENGINEERING_COMMUNICATIONS_LEAD,
    EOC,
    IM,
    INFRASTRUCTURE_LEADER,
    INFRASTRUCTURE_LIAISON,
    Process,
    RoleLink,
)

HANDBOOK: dict[str, tuple[tuple[str, ...], ...]] = {
    EOC: (
        ("changed", "revert", "feature flag", "without asking"),
        ("change requests", "rolled back"),
        ("cause", "page the im", "stay responsible"),
        ("s1 and s2", "join the call"),
        ("/inc update", "pinned"),
        ("s3 and s4", "what the im does"),
        ("summary", "corrective actions"),
    ),
    IM: (
        ("leadership", "any hour", "senior leader", "coordinate the recovery"),
        ("code change", "release managers"),
        ("/inc update", "impact", "done about it"),
        ("required fields", "confidential", "/inc field"),
        ("summary", "causes", "cmoc", "/inc summary"),
        ("public communication", "confirm the impact", "eoc", "before you approve"),
        ("action", "assigned", "/inc action"),
        ("timeline", "start and end of the impact"),
        ("development", "business contingency"),
        ("s1 or s2", "review", "root cause"),
        ("shift", "hand over", "next im"),
    ),
    INFRASTRUCTURE_LEADER: (
        ("join the call",),
        ("ask the eoc", "further sres"),
        ("ask the im", "fulfil their duties"),
        ("technical investigation", "separate call"),
        ("technical contact", "im and the cmoc", "eoc"),
    ),
    INFRASTRUCTURE_LIAISON: (
        ("as a whole", "severity"),
        ("further teams", "outside engineering"),
        ("notice to the executives", "summary", "impact on customers", "current response", "links"),
        ("stay engaged", "thread"),
    ),
    ENGINEERING_COMMUNICATIONS_LEAD: (
        ("history and state",),
        ("call of its own", "invite the csm"),
        ("rename", "gitlab", "csm"),
        ("customers", "through the csm"),
        ("im", "news", "before it starts", "channel"),
        ("stay", "jump"),
    ),
    CSM: (
        ("history and state",),
        ("invite the customers", "rename", "gitlab"),
        ("stay", "jump"),
    ),
    CMOC: (
        ("voice", "status page"),
        ("status page", "often", "severity"),
        ("customer success", "community", "mitigated"),
        ("nothing before", "eoc and the im confirm", "customers are significantly affected"),
    ),
}
"""What the handbook asks of each role, by duty."""


@pytest.mark.parametrize("role", HANDBOOK)
def test_each_duty_of_the_handbook_is_named(role: str) -> None:
    assert len(DUTIES[role]) == len(HANDBOOK[role])
    for duty, words in zip(DUTIES[role], HANDBOOK[role], strict=True):
        assert [word for word in words if word not in duty.lower()] == [], duty


def written(tmp_path: Path, text: str) -> Process:
    (tmp_path / "muster.yml").write_text(text)
    return load(tmp_path / "muster.yml").process


def test_the_file_adds_links_and_other_duties(tmp_path: Path) -> None:
    cards = written(
        tmp_path,
        """
teams: {Database: {role: DBA, on_call: [dba@example.com]}}
roles:
  EOC: {links: [{name: Checklist, url: "https://a.example/eoc", mirror: "https://b.example/eoc"}]}
  DBA: {duties: [Check the replicas.]}
  CMOC: {duties: []}
""",
    ).role_cards

    assert cards[EOC].links == (RoleLink("Checklist", "https://a.example/eoc", "https://b.example/eoc"),)
    assert cards[EOC].duties == DUTIES[EOC]
    assert cards["DBA"].duties == ("Check the replicas.",)
    assert CMOC not in cards
    assert set(written(tmp_path, "").role_cards) == set(HANDBOOK)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("EOD: {duties: []}", "is the role of no team. Did you mean `EOC`?"),
        ("EOC: {links: [{name: Checklist, url: eoc}]}", "begins with https:// or http://"),
        ("EOC: {links: [{name: Checklist, url: 'https://a.example', mirror: 'b'}]}", "begins with https://"),
        ("EOC: {duties: [{Work: hard}]}", "a text, in quotes if it has a colon"),
        ("EOC: {links: [Checklist]}", "a link, such as {name: Checklist"),
        ("EOC: {links: [{name: Checklist}]}", "is missing; expected an address that begins with https://"),
        ("EOC: {duties: Work}", "a list of texts"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, entry: str, said: str) -> None:
    ((name, aside),) = written(tmp_path, f"roles:\n  {entry}\n").set_aside.items()

    assert name == f"roles.{entry[:3]}"
    assert said in aside
