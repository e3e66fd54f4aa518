"""What a card and a panel say beside the state, on one line, and how those who are called were reached."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.glance import Glance
from bot.domain.incidents.incident import Incident, Status
from bot.domain.paging.notifications import SLACK, Notification, NotificationState
from bot.views.incidents.glance import called, line
from tests.fakes import NOON
from tests.values import a_page, an_incident

AGO = f"<!date^{int(NOON.timestamp())}^{{ago}}|since 12:00 UTC>"
DM = Notification(1, "UEOC", SLACK, NotificationState.SENT, NOON)
TEXT = Notification(2, "UEOC", "sms", NotificationState.SENT, NOON)
FAILED = replace(TEXT, state=NotificationState.DEAD)
WAITS = replace(TEXT, state=NotificationState.WAITING)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("incident", "glance", "said"),
    [
        (an_incident(), Glance(), [f"({AGO})"]),
        (
            an_incident(next_update_at=NOON + HOUR),
            Glance(2, ("Customer impact", "A*b")),
            ["Open since", "Next update due", "Open actions: 2", "*Missing:* Customer impact, A∗b"],
        ),
        (an_incident(status=Status.CLOSED, resolved_at=NOON + HOUR), Glance(), ["Was open for 1 h"]),
        (
            an_incident(status=Status.CLOSED, resolved_at=NOON, retrospective=True),
            Glance(impact=(NOON - HOUR, NOON)),
            ["Impact: ", "11:00 UTC", " to ", "12:00 UTC", "(1 h)"],
        ),
        (an_incident(status=Status.CANCELLED), Glance(), []),
    ],
)
def test_what_is_due_and_missing_stands_on_one_line(
    incident: Incident, glance: Glance, said: list[str]
) -> None:
    found = line(incident, glance)

    assert [one for one in said if one not in found] == []
    assert "\n" not in found
    assert bool(found) is bool(said)


@pytest.mark.parametrize(
    ("shown", "state", "glance", "end"),
    [
        (True, NotificationState.SENT, Glance(), "UTC> · by Slack"),
        (False, NotificationState.DUE, Glance(took={3: ["sms", "push"]}), "UTC> · by Slack, sms, push"),
        (False, NotificationState.DEAD, Glance(), "UTC> · Slack refused"),
        (False, NotificationState.DEAD, Glance(took={3: ["sms"]}), "UTC> · Slack refused, by sms"),
        (False, NotificationState.DUE, Glance(now=NOON), " · 15 min left · Slack not yet"),
        (False, NotificationState.DEAD, Glance(now=NOON), " left · Slack refused"),
        (True, NotificationState.SENT, Glance(methods={3: [TEXT]}, now=NOON), " · Slack delivered, sms sent"),
        (True, NotificationState.SENT, Glance(methods={3: [WAITS]}, now=NOON), " · Slack delivered"),
        (
            True,
            NotificationState.SENT,
            Glance(methods={3: [FAILED]}, now=NOON + timedelta(seconds=50)),
            " · 14 min 10 s left · Slack delivered, sms failed",
        ),
    ],
)
def test_it_says_how_the_person_was_reached(
    shown: bool, state: NotificationState, glance: Glance, end: str
) -> None:
    page = replace(a_page(), shown=shown, notification=replace(DM, state=state))

    said = called(page, [page], glance)

    assert said.startswith("Paging <@UEOC>")
    assert "^{time_secs}|12:15:00 UTC>" in said
    assert said.endswith(end)


def test_of_several_who_are_called_together_it_says_how_many_were_reached() -> None:
    first = replace(a_page(), shown=True, notification=DM)
    dead = replace(DM, state=NotificationState.DEAD)
    second = replace(a_page(), id=4, responder="UEOC2", notification=dead)

    said = called(first, [first, second], Glance(methods={4: [TEXT]}, now=NOON))

    assert said.endswith(" · Slack delivered 1 of 2, refused 1 of 2, sms sent 1 of 2")
    assert called(first, [first, second], Glance()).endswith(" · by Slack")
