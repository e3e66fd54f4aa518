"""Every message about an incident, with names and texts that are meant to break it."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.incidents.incident import Incident, Severity, Status, Summary
from bot.domain.incidents.listing import Listed
from bot.domain.oncall.schedules import Calendar, Schedule
from bot.domain.oncall.shifts import LastKnown, Shift
from bot.domain.paging.calling import Calls
from bot.domain.paging.escalations import Reason
from bot.domain.paging.pages import Page, PageState
from bot.domain.timeline.entries import TOLD, Entry, Kind
from bot.views import naming
from bot.views.blocks import Message
from bot.views.incidents import announcement, card, checklist, greeting, listing, overload, panel
from bot.views.mrkdwn import when
from bot.views.paging import oncall, told
from bot.views.paging import page as page_view
from bot.views.timeline import entries
from handlers.features import BUTTONS
from sandbox.validation import message_problems
from tests.fakes import NOON, process
from tests.values import a_page, an_incident

UGLY = [
    "Disk full",
    "x" * 300,
    "🔥🔥🔥",
    " ",
    "\u202eevil\u202c",
    "<!channel> <!here> <@U999> <https://evil.test|ok>",
    "```code``` `a` *b* _c_ ~d~",
    "\"quotes\" 'n' so on",
    "two\nlines",
    "nul\x00byte",
    "&lt;!channel&gt;",
]
LIVE = re.compile(r"<!(?!date)|<@U999|<https://evil\.test\|")


def incident(name: str = "Disk full", **changes: object) -> Incident:
    summary = Summary(summary=name * 50)
    ours = {"severity": Severity.S2, "highest": Severity.S1, "lead": "UREP", "channel": "CINC"}
    return an_incident(**{"name": name, "summary": summary, "next_update_at": NOON} | ours | changes)


def page(message: str = "", **changes: object) -> Page:
    ours: dict[str, Any] = {"message": message, "reason": Reason.ASKED}
    return a_page(**ours | changes)


DATA = {
    "nudge": "summary",
    "number": 12,
    "labels": ["severity::2"],
    "did": "snoozed",
    "duplicate": 2,
    "status": "Closed",
    "place": "note",
    "held": 1,
    "decision": "shown",
    "alert": 1,
    "title": "Disk full on db-1",
    "others": 2,
    "left": 1,
    "flaps": True,
    "changes": True,
    "maintenance": 3,
    "related": True,
    "owner": "UIM",
    "moved_actions": 1,
    "moved_links": 2,
    "severity": "S2",
    "triage": False,
    "before": "S3",
    "after": "S1",
    "reason": "",
    "taken": False,
    "granted": True,
    "name": "Affected services",
    "type": "text",
    "url": "https://a.test",
    "how": ["text"],
    "was": NOON.isoformat(),
    "role": "EOC",
    "roles": ["EOC"],
    "wanted": "EOC",
    "actions": ["Restart it"],
    "lead": "UREP",
    "outgoing": "UEOC2",
    "person": "UEOC",
    "people": ["UEOC"],
    "needs_all": False,
    "page": 3,
    "from_page": 2,
    "team": "dotcom EOC",
    "asker": "UREP",
    "asked_by": "UREP",
    "message": "",
    "instead_of": None,
    "seconds": 125.0,
    "silent": ["UEOC2"],
    "round": 1,
    "late": 0.0,
    "why": "user_not_found",
    "minutes": 30,
    "update": 1,
    "changed": ["Summary"],
    "action": 1,
    "due": NOON.isoformat(),
    "of": NOON.isoformat(),
    "until": NOON.isoformat(),
    "what": "Could not invite <@UEOC>",
    "cure": "Invite them by hand.",
    "ts": "1.2",
    "permalink": "https://tanuki.slack.com/p1",
    "files": [],
    "contact_method": "sms",
    "service": "PagerDuty",
    "outcome": "busy",
    "notice": 1,
    "checklist": "customer_call",
    "item": "im",
    "tracker": "GitLab",
    "version": 2,
    "target": "UOTHER",
    "target_kind": "person",
    "call": [{"person": None, "name": "<!here>", "phone": "<!here> +44"}],
}


def entry(kind: Kind, text: str = "", by: str | None = "UREP", **data: object) -> Entry:
    return Entry(1, 7, kind, NOON, by, text, DATA | data)


def alone(found: Entry, about: Incident) -> Message:
    """Return what the channel is told of one entry."""
    return told.told([found], {}, about)


def said(shown: Message) -> str:
    return shown.text + json.dumps(shown.blocks, ensure_ascii=False)


def marked_up(shown: Message) -> str:
    """Return all that Slack looks for tokens in: not the plain text of headings and buttons."""

    def within(node: object) -> list[str]:
        if isinstance(node, list):
            return [text for each in node for text in within(each)]
        if not isinstance(node, dict):
            return []
        own = [str(node["text"])] if node.get("type") == "mrkdwn" else []
        return own + [text for each in node.values() for text in within(each)]

    return "\n".join([shown.text, *within(shown.blocks)])


def fine(shown: Message) -> Message:
    assert message_problems(shown.blocks) == []
    assert shown.text.strip()
    assert len(shown.text) <= 4000
    return shown


def labels(shown: Message) -> list[str]:
    rows = [block["elements"] for block in shown.blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row if element["type"] == "button"]


@pytest.mark.parametrize(("status", "name"), list(product(Status, UGLY)))
def test_no_name_breaks_a_message_or_pings_anybody(status, name):
    seen, held = incident(name, status=status), {"EOC": "UEOC"}
    engaged = page(state=PageState.ACKNOWLEDGED, answered_by="UEOC", answered_at=NOON + timedelta(minutes=3))

    shown = [
        card.card(seen, held, engaged, [page(name)]),
        announcement.announcement(seen, held, engaged, own="EOC"),
        announcement.triage(seen),
        announcement.answer_wanted(seen, ["UEOC"], reached=True),
        announcement.answer_wanted(seen, ["UEOC"], reached=False),
        greeting.greeting(seen, page(name), {}),
        panel.panel(seen, held, engaged, [page(name)], "UEOC", buttons=BUTTONS),
        listing.listing([seen] * listing.PER_PAGE, Listed(page=2), 60),
        page_view.choice([(page(name), seen)] * 30, "UEOC"),
        *(page_view.page(page(name, state=state), seen) for state in PageState),
        page_view.page(page(name), seen, calls=Calls(3, NOON)),
        page_view.answered(replace(engaged), seen),
    ]

    for one in shown:
        assert not LIVE.search(marked_up(fine(one)))


LOUD = {Kind.NOBODY, Kind.UNREACHED}


@pytest.mark.parametrize(("kind", "text"), list(product(Kind, UGLY)))
def test_every_entry_is_a_sentence_that_pings_nobody(kind, text):
    values = {"before": "S3", "after": "S1"}
    if kind in {Kind.RENAMED, Kind.CHANNEL_RENAMED}:
        values = {"before": text, "after": text}
    if kind is Kind.TIME:
        values = dict.fromkeys(values, NOON.isoformat())
    quoted = "" if kind is Kind.PIN else text
    shown = fine(told.told([entry(kind, quoted, message=text, **values)], {}, incident(text)))

    assert not LIVE.search(entries.sentence(entry(kind, quoted, message=text, **values)))
    assert not LIVE.search(marked_up(shown).replace("<!channel>", "" if kind in LOUD else "<!channel>"))


@pytest.mark.parametrize(("kind", "by"), list(product(sorted(TOLD), [None, "UREP"])))
def test_a_sentence_says_who_even_when_it_was_the_bot(kind, by):
    assert "None" not in entries.sentence(entry(kind, "words", by))


def test_a_page_names_all_that_the_responder_must_know():
    shown = fine(page_view.page(page("DB is <down>"), incident("Disk full")))

    assert "INC-7 Disk full" in shown.text
    assert "S2 High · Investigating" in shown.text
    assert "<@UREP> asks for you" in shown.text
    assert "DB is &lt;down&gt;" in shown.text
    assert "you are on call as Engineer On Call (dotcom EOC), first to be called" in said(shown)
    assert "Please answer *by" in shown.text
    assert "<#CINC>" in said(shown)
    assert labels(shown) == ["Acknowledge", "Escalate now"]


def test_a_declared_incident_names_who_declared_it():
    only = a_page().escalation.path[:1]
    shown = page_view.page(page(reason=Reason.DECLARED, path=only), incident(channel=None))

    assert "Declared by <@UREP>" in shown.text
    assert "you are added to `inc-7-disk-full` as soon as it is open" in said(shown)
    assert "You are the last level" in shown.text


@pytest.mark.parametrize("state", sorted(set(PageState) - {PageState.PENDING}))
def test_a_page_that_waits_no_more_has_no_buttons_but_to_take_it_back(state):
    shown = page_view.page(page(state=state, answered_by="UEOC", answered_at=NOON), incident())

    assert labels(shown) == (["Take this page"] if state is PageState.ESCALATED else [])


@pytest.mark.parametrize(("level", "says"), [(0, "moved on to the next level"), (2, "sent again")])
def test_a_page_that_was_not_answered_says_where_it_went(level, says):
    left = page(state=PageState.ESCALATED, level=level)

    assert says in page_view.page(left, incident()).text


@pytest.mark.parametrize(("quiet", "who"), [(False, "nobody has"), (True, "you have not")])
def test_who_is_called_again_reads_how_often_and_since_when(quiet, who):
    shown = page_view.page(page(quiet=quiet), incident(), calls=Calls(3, NOON))

    assert "You were called 3 times since" in shown.text
    assert f"{who} answered._ <@UREP>" in shown.text
    assert "called" not in page_view.page(page(), incident(), calls=Calls(1, NOON)).text
    on_the_way = page_view.page(page(quiet=quiet, there_by=NOON), incident(), calls=Calls(3, NOON))
    assert "You were called 3 times since" in on_the_way.text
    assert "answered._" not in on_the_way.text


def test_the_last_level_is_called_loudly():
    shown = page_view.page(page(round=2, level=2), incident())

    assert shown.text.startswith("*Nobody has answered.")


def test_a_page_that_somebody_else_took_says_so():
    taken = page(state=PageState.ACKNOWLEDGED, answered_by="UIM", answered_at=NOON + timedelta(minutes=4))

    assert "<@UIM> acknowledged this page* after 4 min" in page_view.page(taken, incident()).text


@pytest.mark.parametrize("secret", ["Payroll leak"])
def test_a_private_incident_is_not_named_outside_its_channel(secret):
    hidden = incident(secret, private=True)
    shown = [
        page_view.page(page(), hidden),
        page_view.page(page(), hidden, calls=Calls(3, NOON)),
        greeting.greeting(hidden, page(), {}),
        announcement.answer_wanted(hidden, ["UEOC"], reached=True),
        listing.listing([hidden], Listed(), 1),
    ]

    for one in shown:
        assert "private incident INC-7" in said(one)
        assert secret not in said(one)
    assert secret in said(card.card(hidden, {}, None, []))


def test_the_card_says_who_is_paged_and_then_who_answered_after_how_long():
    answered = page(
        state=PageState.ACKNOWLEDGED, answered_by="UEOC", answered_at=NOON + timedelta(seconds=185)
    )

    before = said(card.card(incident(), {}, None, [page()]))
    after = said(card.card(incident(), {"EOC": "UEOC"}, answered, []))

    assert "Paging <@UEOC>, Engineer On Call (dotcom EOC): answer due by" in before
    assert "<@UEOC> acknowledged after 3 min" in after
    assert "`Incident::Active`" in after
    assert "highest severity S1" in after


def test_the_wait_is_counted_from_the_first_page_of_the_path():
    first = page(state=PageState.ESCALATED)
    second = page(
        id=4,
        state=PageState.ACKNOWLEDGED,
        raised_at=NOON + timedelta(minutes=15),
        answered_by="UIM",
        answered_at=NOON + timedelta(minutes=16),
    )

    assert "<@UIM> acknowledged after 16 min" in said(
        card.card(incident(), {}, page_view.engaged([first, second]), [])
    )
    assert page_view.engaged([first]) is None


def test_an_answered_page_without_an_incident_says_whom_to_talk_to():
    shown = page_view.page(
        page(
            "Press calls", state=PageState.ACKNOWLEDGED, answered_by="UEOC", answered_at=NOON, incident=None
        ),
        None,
    )

    assert "Now talk to <@UREP>, who asked." in shown.text
    assert "> Press calls" in said(fine(shown))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.TRIAGE, ["Accept", "Decline", "More"]),
        (Status.FIXING, ["Update", "Resolve", "Status", "Escalate", "More"]),
        (Status.RESOLVED, ["Begin the review", "Status", "Reopen", "More"]),
        (Status.MERGED, ["More"]),
    ],
)
def test_the_card_offers_what_makes_sense_now(status, expected):
    assert labels(card.card(incident(status=status), {}, None, [])) == expected


def test_while_a_page_waits_the_card_offers_to_acknowledge_it_first():
    assert labels(card.card(incident(status=Status.FIXING), {}, None, [page()])) == [
        "Acknowledge",
        "Update",
        "Resolve",
        "Status",
        "Escalate",
        "More",
    ]


def test_the_card_names_the_roles_that_nobody_has():
    assert "CMOC: nobody" in said(card.card(incident(), {"EOC": "UEOC"}, None, [], vacant=("CMOC",)))


def test_grave_light_and_ended_incidents_differ_in_their_words_and_in_the_shape_of_their_signs():
    severities = [naming.standing(incident(severity=one, status=Status.FIXING)) for one in Severity]
    ended = [
        naming.standing(incident(severity=Severity.S1, status=one))
        for one in (Status.CLOSED, Status.CANCELLED)
    ]

    assert [one.partition(" ")[2] for one in severities] == [
        "S1 Critical · Fixing",
        "S2 High · Fixing",
        "S3 Moderate · Fixing",
        "S4 Low · Fixing",
    ]
    assert [one.partition(" ")[2] for one in ended] == ["Closed · S1 Critical", "Cancelled · S1 Critical"]
    assert len({one.partition(" ")[0] for one in [*severities, *ended]}) == 6


def test_a_triage_message_loses_its_buttons_when_it_is_decided():
    assert labels(announcement.triage(incident(status=Status.TRIAGE))) == [
        "Accept",
        "Decline",
        "Merge into …",
    ]
    assert labels(announcement.triage(incident(status=Status.DECLINED))) == []


def test_an_unanswered_page_can_be_taken_from_the_channel():
    shown = told.told([entry(Kind.ESCALATED, by=None)], {}, incident())

    assert "<@UEOC2> did not answer" in shown.text
    assert "<@UEOC>, Engineer On Call (dotcom EOC), is paged now" in shown.text
    assert labels(shown) == ["Take this page"]
    assert "<!channel>" not in shown.text


def test_an_unanswered_page_is_told_from_the_others_of_its_incident():
    first = entries.sentence(entry(Kind.ESCALATED, by=None, path="dotcom CMOC", wanted="CMOC"))
    again = entries.sentence(entry(Kind.ESCALATED, by=None, path="dotcom CMOC", wanted="CMOC", round=2))

    assert "<@UEOC2> did not answer the page for Communications Manager On Call (dotcom CMOC)." in first
    assert "Nobody has answered the page for Communications Manager On Call (dotcom CMOC) yet." in again


def test_after_the_last_level_the_channel_is_called():
    again = told.told([entry(Kind.ESCALATED, by=None, round=2)], {}, incident())
    nobody = told.told([entry(Kind.NOBODY, by=None, person=None)], {}, incident())

    assert again.text.startswith("<!channel> *Nobody has answered yet.*")
    assert nobody.text.startswith("<!channel> *Nobody is on call")


def test_a_late_escalation_says_that_it_is_late():
    assert "comes 2 h late" in entries.sentence(entry(Kind.ESCALATED, by=None, late=7200.0))


def test_an_acknowledgement_tells_who_and_after_how_long():
    assert entries.sentence(entry(Kind.ACKNOWLEDGED)) == "*<@UEOC> acknowledged* as EOC, after 2 min 5 s."


def test_a_pin_keeps_slacks_own_escaping_and_says_what_became_of_it():
    shown = entries.sentence(entry(Kind.PIN, "a &amp; b <!here>", edited=True, files=["log.txt"]))

    assert shown.startswith(":pushpin: <@UREP>:\n> a &amp; b @here\n_(edited)_ Files: log.txt.")
    assert "<https://tanuki.slack.com/p1|Open>" in shown


def test_the_panel_lets_the_called_person_answer_and_others_take_the_page():
    mine = labels(panel.panel(incident(), {}, None, [page()], "UEOC", buttons=BUTTONS))
    of_another = labels(panel.panel(incident(), {}, None, [page()], "UIM", buttons=BUTTONS))

    assert mine[:2] == ["Acknowledge", "Escalate now"]
    assert of_another[:2] == ["Take this page", "Escalate now"]


def test_who_is_on_call_is_shown_level_by_level():
    people = {
        "dotcom EOC": (),
        "dotcom IMOC": ("UIM",),
        "dotcom CMOC": ("UCMOC", "UCMOC2"),
    }

    shown = fine(oncall.listing(process(), list(process().teams), people, {"UIM": "+49 1 & 2"}, {})).text

    assert (
        "*Engineer On Call (dotcom EOC)*: *nobody on call*\nthen at once IM <@UIM>\n"
        "*Incident Manager (dotcom IMOC)*: <@UIM>, +49 1 &amp; 2\n"
    ) in shown
    assert shown.count("+49") == 1


def test_who_is_on_call_next_is_shown_in_the_readers_time_and_at_each_level_of_one_team():
    start = NOON + timedelta(hours=1)
    on_call = {"dotcom EOC": ("UEOC", "UEOC2"), "dotcom IMOC": ("UIM",)}
    following = {
        "dotcom EOC": Shift(start, start, ("UNEXT", "not.known@example.com")),
        "dotcom IMOC": Shift(start, start, ()),
    }

    every = fine(oncall.listing(process(), list(process().teams), on_call, {}, following)).text
    alone = fine(oncall.listing(process(), ["dotcom EOC"], on_call, {}, following)).text
    of_im = fine(oncall.listing(process(), ["dotcom IMOC"], on_call, {}, following)).text

    until = f"until {when(start)}, next"
    assert f"<@UEOC> and <@UEOC2> {until} <@UNEXT> and not.known@example.com\nthen after 15 min IM" in every
    assert f"then after 15 min IM <@UIM>\n*Incident Manager (dotcom IMOC)*: <@UIM> {until} nobody" in every
    assert f"then after 15 min IM <@UIM> {until} nobody" in alone
    assert oncall.MENTION_OR_DECLARE in every
    assert oncall.MENTION_OR_DECLARE in alone
    assert oncall.MENTION_OR_DECLARE not in of_im


def test_without_a_look_into_the_database_a_calendar_may_name_others():
    rules = process()
    source = Schedule("EOC", (), calendar=Calendar(ZoneInfo("UTC"), file="x.ics"))
    teams = {**rules.teams, "dotcom EOC": replace(rules.teams["dotcom EOC"], schedule=source)}

    first, *others = oncall.without_database(replace(rules, teams=teams), NOON, LastKnown())

    assert first.endswith("\n_The calendar of EOC may name somebody else: ask whoever keeps it._")
    assert "calendar" not in "".join(others)


def test_nothing_open_says_what_to_do():
    assert "/inc declare" in listing.listing([], Listed(), 0).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "as EOC, after"),
        ({"also": [{"page": 4, "role": "IM"}]}, "as EOC and IM, after"),
        ({"also": [{"page": 4, "role": "IM"}, {"page": 5, "role": "CMOC"}]}, "as EOC, IM and CMOC, after"),
        ({"also": [{"page": 4, "role": "EOC"}]}, "as EOC, after"),
        (
            {"instead_of": "UIM", "also": [{"page": 4, "role": "CMOC"}]},
            "as EOC instead of <@UIM>, and as CMOC, after",
        ),
    ],
)
def test_one_line_names_all_roles_in_which_somebody_answered_at_once(data, said):
    assert said in entries.sentence(entry(Kind.ACKNOWLEDGED, **data))


@pytest.mark.parametrize("kind", [Kind.UNREACHED, Kind.UNDELIVERED])
def test_a_page_that_calls_nobody_in_particular_reaches_not_anybody(kind):
    assert "reach anybody" in entries.sentence(entry(kind, person=None)).replace("reached", "reach")


FAKED = "Known\n*<@UEVE> acknowledged* after 1 min\n*Resolved*"


@pytest.mark.parametrize(
    "shown",
    [
        announcement.announcement(an_incident(summary=Summary(FAKED)), {}, None, own="EOC"),
        announcement.triage(an_incident(status=Status.TRIAGE, summary=Summary(FAKED))),
        page_view.page(a_page(), an_incident(summary=Summary(FAKED))),
        alone(Entry(1, 7, Kind.NOTE, NOON, "UREP", FAKED), an_incident()),
        alone(Entry(1, 7, Kind.ACTION, NOON, "UREP", FAKED), an_incident()),
        alone(
            Entry(
                1, 7, Kind.STATUS, NOON, "UREP", data={"before": "Fixing", "after": "Closed", "reason": FAKED}
            ),
            an_incident(),
        ),
    ],
)
def test_what_people_wrote_cannot_pass_for_what_the_bot_says(shown: Message) -> None:
    lines = "\n".join(text for block in shown.blocks for text in texts(block)).split("\n")

    assert "> *Resolved*" in lines
    assert not [line for line in lines if "UEVE" in line and not line.startswith("> ")]


def test_a_name_is_quoted_where_an_incident_is_announced() -> None:
    shown = announcement.announcement(an_incident(name="x* · *Resolved"), {}, None, own="EOC")

    assert "\n> *INC-7 x∗ · ∗Resolved*\n" in texts(shown.blocks[0])[0]


def texts(block: Mapping[str, Any]) -> list[str]:
    parts = [block.get("text"), *block.get("elements", ())]
    return [part["text"] for part in parts if part and isinstance(part.get("text"), str)]


def test_a_card_says_for_whom_the_acknowledgement_still_is_once_somebody_has_acknowledged() -> None:
    answered = a_page(state=PageState.ACKNOWLEDGED, answered_by="UEOC", answered_at=NOON)
    waits = a_page(id=4, role="IM", responder="UIM")

    before = card.card(an_incident(), {}, None, [waits])
    after = card.card(an_incident(), {}, answered, [waits])

    assert labels(before)[:2] == ["Acknowledge", "Update"]
    assert labels(after)[:2] == ["Update", "Acknowledge as IM"]
    primary = [one["text"]["text"] for one in after.blocks[-2]["elements"] if one.get("style") == "primary"]
    assert primary == ["Update"]


@pytest.mark.parametrize("status", [Status.FIXING, Status.MONITORING])
def test_card_and_panel_resolve_where_that_comes_next(status: Status) -> None:
    incident = an_incident(status=status)

    assert "Resolve" in labels(card.card(incident, {}, None, []))
    assert "Resolve" in labels(panel.panel(incident, {}, None, [], "ULEAD", buttons=BUTTONS))
    assert "Resolve" not in labels(card.card(an_incident(), {}, None, []))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Nobody has acknowledged yet"),
        ({"near_miss": True}, "A near miss: nobody is paged"),
        ({"correcting": True}, "Nobody is paged to merge or correct it"),
        ({"waits_until": NOON}, "It waits until"),
        ({"status": Status.RESOLVED, "retrospective": True}, "The incident is Resolved"),
    ],
)
def test_an_announcement_waits_for_an_acknowledgement_only_where_somebody_is_paged(
    more: dict[str, Any], said: str
) -> None:
    shown = announcement.announcement(an_incident(**more), {}, None, own="EOC").blocks[-1]

    assert said in str(shown)
    assert ("Nobody has acknowledged yet" in str(shown)) is (not more)


def test_where_ims_are_a_private_incident_is_not_told_of() -> None:
    incident = an_incident(severity=Severity.S1, private=True)
    for one in (
        overload.wanted(incident, "UIM"),
        overload.helped(incident, "UIM"),
        checklist.second_im(incident),
        checklist.second_im_found(incident, "UIM"),
    ):
        assert not any(word in f"{one.text} {one.blocks}" for word in ("INC-", "S1", "rivate", "Disk full"))
