"""What is said when a page is not answered: every sentence, in every case, read as a whole."""

import re
from typing import Any

import pytest

from bot.domain.paging.escalations import Reason
from bot.domain.paging.pages import PageState
from bot.domain.timeline.entries import Kind
from bot.views import notices
from bot.views.incidents import announcement
from bot.views.mrkdwn import person
from bot.views.naming import plain_role
from bot.views.paging import page, told, vacancy
from bot.views.timeline import entries
from tests.values import a_page, an_incident
from tests.views.test_messages import entry

PATH: dict[str, Any] = {
    "path": "dotcom EOC",
    "wanted": "EOC",
    "silent": ["UEOC"],
    "person": "UIM",
    "people": ["UIM"],
    "team": "dotcom IMOC",
}
CALL = [{"person": "UIM", "name": "ines", "phone": "+44 1"}]
AN_INCIDENT = an_incident(channel="CINC")
EOC, IM = "Engineer On Call (dotcom EOC)", "Incident Manager (dotcom IMOC)"


def said(kind: Kind, **changes: Any) -> str:
    data: dict[str, Any] = {**PATH, "role": "IM", "why": "no contact method took it in time", **changes}
    return entries.sentence(entry(kind, by=None, **data))


EVERY = {
    "not answered": (
        said(Kind.ESCALATED, reached=True),
        f"*<@UEOC> did not answer the page for {EOC}.* <@UIM>, {IM}, is paged now.",
    ),
    "never delivered": (
        said(Kind.ESCALATED, reached=False),
        f"*The page for {EOC} did not reach <@UEOC>.* <@UIM>, {IM}, is paged now.",
    ),
    "left": (
        said(Kind.ESCALATED, gone=True),
        f"*<@UEOC> left the workspace while the page for {EOC} waited.* <@UIM>, {IM}, is paged now.",
    ),
    "nobody was on call": (
        said(Kind.ESCALATED, silent=[]),
        f"*Nobody was on call to answer the page for {EOC}.* <@UIM>, {IM}, is paged now.",
    ),
    "several, of whom each has to answer": (
        said(Kind.ESCALATED, silent=["UEOC", "UEOC2"], people=["UIM", "UIM2"], needs_all=True),
        f"*<@UEOC> and <@UEOC2> did not answer the page for {EOC}.* <@UIM> and <@UIM2>, {IM}, are paged now, "
        "each of them has to answer.",
    ),
    "again": (
        said(Kind.ESCALATED, round=3),
        f"*Nobody has answered the page for {EOC} yet.* Paging <@UIM>, {IM}, again.",
    ),
    "again, while somebody is at work": (
        said(Kind.ESCALATED, round=3, quiet=True),
        f"Still no answer to the page for {EOC}. Paging <@UIM>, {IM}, again.",
    ),
    "rests with somebody": (
        said(Kind.HELD),
        "*<@UEOC> did not answer the page for EOC.* <@UIM> is at work on the incident and holds it. "
        "Nobody else is called by itself.",
    ),
    "may not have arrived": (
        said(Kind.UNREACHED, call=CALL),
        f"*The page for {EOC} may not have reached <@UIM>*: no contact method took it in time. "
        "*Call by hand:* <@UIM> (+44 1).",
    ),
    "may not have arrived, of an older version": (
        said(Kind.UNREACHED, call=CALL, path=None),
        "*The page may not have reached <@UIM>*: no contact method took it in time. "
        "*Call by hand:* <@UIM> (+44 1).",
    ),
    "a role that is called as its team": (
        said(Kind.PAGED, role="Infrastructure Liaison", team="Infrastructure Liaison", reason=""),
        "<@UIM> is paged as Infrastructure Liaison.",
    ),
    "a stand-in": (
        said(Kind.ACKNOWLEDGED, seconds=960.0),
        "*<@UIM> acknowledged* as IM, for EOC, after 16 min.",
    ),
    "asked, and got no answer": (
        announcement.answer_wanted(AN_INCIDENT, ["UEOC"], reached=True).text.partition(" Are")[0],
        "<@UEOC>, the page for INC-7 Disk full got no answer from you and has gone to the Incident Manager.",
    ),
    "asked, and never delivered": (
        announcement.answer_wanted(AN_INCIDENT, ["UEOC"], reached=False).text.partition(" Are")[0],
        "<@UEOC>, the page for INC-7 Disk full could not be delivered to you and has gone to the "
        "Incident Manager.",
    ),
}


@pytest.mark.parametrize(("text", "expected"), EVERY.values(), ids=EVERY)
def test_each_case_has_a_sentence_of_its_own(text: str, expected: str) -> None:
    assert text.replace("INC-1 ", "INC-7 ") == expected


@pytest.mark.parametrize(
    ("role", "team", "expected"),
    [
        ("IM", "dotcom IMOC", "Incident Manager (dotcom IMOC)"),
        ("Infrastructure Leader", "dotcom leadership escalation", None),
        ("Infrastructure Liaison", "Infrastructure Liaison", "Infrastructure Liaison"),
        ("Release Manager", "Release managers", "Release managers"),
        ("Security", "Security on-call", "Security on-call"),
    ],
)
def test_a_role_comes_before_its_team_and_neither_twice(role: str, team: str, expected: str | None) -> None:
    assert plain_role(role, team) == (expected or f"{role} ({team})")


def read() -> list[str]:
    """Return every loud text, as many as there are, in all that they can be about."""
    lonely = {"silent": None, "person": None, "path": None}
    loud = (Kind.ESCALATED, Kind.HELD, Kind.NOBODY, Kind.UNREACHED, Kind.UNDELIVERED, Kind.SKIPPED, Kind.LEFT)
    found = [said(kind, **{name: None}) for kind in loud for name in ("silent", "path")]
    found += [said(kind, round=number, quiet=quiet) for kind in loud for number in (1, 2) for quiet in (0, 1)]
    found += [said(kind, **lonely) for kind in (Kind.UNREACHED, Kind.UNDELIVERED)]
    found += [told.told([entry(kind, by=None, **PATH)], {}, AN_INCIDENT).text for kind in loud]
    for responder in ("UIM", None):
        called = a_page(responder=responder, role="IM", level_team="dotcom IMOC", reason=Reason.LEFT)
        found += [notices.unreached(called, CALL).text, notices.somebody_else(called, AN_INCIDENT, CALL).text]
        found += [page.moved(called).text]
    for state in PageState:
        shown = a_page(state=state, answered_by="UIM", answered_at=a_page().raised_at, level=1)
        found.append(page.page(shown, AN_INCIDENT).text)
        found += [vacancy.vacant([shown], now, AN_INCIDENT).text for now in ([], [shown])]
    return found + [text for text, _ in EVERY.values()]


@pytest.mark.parametrize("text", read())
def test_every_loud_text_reads_well(text: str) -> None:
    plain = re.sub(r"[*_]", "", text)
    assert not re.search(r"\b(\w+) \1\b", plain, re.IGNORECASE), "a word twice"
    assert not re.search(r"(the page[^.]*?){2}may not", plain, re.IGNORECASE)
    assert not re.search(r"(\w[\w ]+) \(\1\)", plain), "a role twice"
    assert "None" not in plain
    assert person("") not in plain
    assert not re.search(r"  |\.\.| [.,]|\( ", plain)
    assert text.rstrip(" _*")[-1] in ".?)!"
