"""Slack notifies whoever a posted message mentions: only who must act is mentioned, others named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Status
from bot.domain.paging.pages import PageState
from bot.domain.timeline.entries import TOLD, Entry, Kind
from bot.domain.work.work import Action, ActionKind, Update
from bot.views import notices
from bot.views.blocks import Message, mentions, message, quiet
from bot.views.incidents import announcement, card, greeting
from bot.views.mrkdwn import mentioned
from bot.views.paging import told
from bot.views.timeline import absence
from bot.views.work import action, update
from tests.fakes import NOON
from tests.values import a_page, an_incident
from tests.views.test_messages import entry

NAMES = {"UREP": "Rita", "UEOC": "Ana <b>", "UEOC2": "Ben", "UIM": "Ines", "UASK": "Al & Co"}
HELD = {"EOC": "UEOC", "IM": "UIM"}
ENGAGED = a_page(state=PageState.ACKNOWLEDGED, answered_by="UEOC", answered_at=NOON + timedelta(minutes=3))


def posted(shown: Message) -> Message:
    """Return a message as it is posted in a channel."""
    return quiet(shown, NAMES)


def decided(kind: Kind) -> Entry:
    return entry(kind, by="UEOC")


def _reading() -> dict[str, Message]:
    """Return one message of each kind that is for reading."""
    seen = an_incident(lead="UREP", channel="CINC")
    triage = replace(seen, status=Status.TRIAGE)
    accepted, declined = decided(Kind.ACCEPTED), decided(Kind.DECLINED)
    sent = Update(1, 7, "We work on it, <@UIM>.", seen.status, seen.severity, "UEOC", NOON, None)
    task = Action(4, 7, "Drain the node", "", ActionKind.ACTION, "UEOC2", None, "UREP", NOON)
    return {
        "announcement": announcement.announcement(seen, HELD, None, own="EOC"),
        "announcement, answered": announcement.announcement(seen, HELD, ENGAGED, own="EOC"),
        "triage": announcement.triage(triage),
        "triage, accepted": announcement.triage(seen, accepted),
        "triage, declined": announcement.triage(replace(seen, status=Status.DECLINED), declined),
        "card": card.card(seen, HELD, ENGAGED, [a_page()]),
        "card, triage": card.card(triage, {}, None, []),
        "greeting": greeting.greeting(seen, a_page(), {}),
        "greeting, answered": greeting.greeting(seen, ENGAGED, {}),
        "update": update.posted(sent, seen, "Ana"),
        "nudge": update.nudge(seen),
        "nobody on call": notices.somebody_else(a_page(), seen),
        "action": action.posted(task),
        "after an absence": absence.retold([(NOON, absence.update_line(sent))], NOON, NOON),
    }


@pytest.mark.parametrize(("name", "shown"), list(_reading().items()))
def test_what_is_for_reading_mentions_nobody(name, shown):
    assert mentions(posted(shown)) == set()


GIVEN = {
    Kind.LEAD: {"before": "UREP", "after": "UEOC", "taken": False},
    Kind.ROLE: {"person": "UEOC", "role": "EOC"},
    Kind.ROLE_DECLINED: {"person": "UREP", "role": "EOC", "asker": "UEOC"},
    Kind.TAKEN_OVER: {"outgoing": "UEOC"},
    Kind.LEFT: {"person": "UEOC2", "lead": "UEOC", "roles": [], "actions": []},
}


@pytest.mark.parametrize("kind", sorted(TOLD - set(GIVEN)))
def test_a_notice_mentions_nobody(kind):
    shown = told.told([entry(kind, "words of <@UIM>")], {3: a_page()}, an_incident())

    assert mentions(posted(shown)) == set()


@pytest.mark.parametrize(("kind", "data"), list(GIVEN.items()))
def test_whoever_is_given_something_in_the_channel_alone_is_mentioned_and_nobody_else(kind, data):
    shown = posted(
        told.told([entry(kind, by="UREP", **data), entry(Kind.STATUS, by="UIM")], {}, an_incident())
    )

    assert mentions(shown) == {"UEOC"}
    assert "Ines" in shown.text


@pytest.mark.parametrize(
    "found",
    [
        entry(Kind.LEAD, by="UEOC", before="UREP", after="UEOC", taken=True),
        entry(Kind.LEAD, by=None, before="UREP", after="UEOC", taken=False),
        entry(Kind.ROLE, by="UEOC", person="UEOC", role="EOC"),
    ],
    ids=["took the lead", "leads by acknowledging", "took a role"],
)
def test_whoever_did_it_themselves_is_not_mentioned(found):
    assert mentions(posted(told.told([found], {}, an_incident()))) == set()


@pytest.mark.parametrize("reached", [True, False])
def test_the_question_to_a_silent_eoc_calls_them(reached):
    shown = announcement.answer_wanted(an_incident(lead="UREP"), ["UEOC"], reached=reached)

    assert mentions(posted(shown)) == {"UEOC"}


def test_a_name_is_escaped_and_kept_short():
    shown = quiet(message("<@UEOC> and <@UREP>"), {"UEOC": "Ana\n<!channel>", "UREP": "&" * 300})

    assert shown.text.startswith("Ana &lt;!channel&gt; and &amp;&amp;")
    assert len(shown.text) < 300


def test_somebody_of_whom_nothing_is_known_is_still_mentioned():
    assert mentioned(posted(message("<@UNEW> and <@UREP>")).text) == {"UNEW"}


def test_a_triage_says_who_decided_what_and_when():
    accepted = posted(announcement.triage(an_incident(), decided(Kind.ACCEPTED)))
    declined = posted(announcement.triage(an_incident(status=Status.DECLINED), decided(Kind.DECLINED)))

    assert accepted.text.startswith("*Decided <!date^")
    assert "Ana &lt;b&gt; accepted it: this is an incident. It is Investigating now." in accepted.text
    assert "Ana &lt;b&gt; declined it: this is no incident. Nobody is paged." in declined.text
