from dataclasses import replace
from datetime import timedelta

from bot.domain.paging.escalations import Reason, called, next_call
from bot.domain.paging.pages import (
    PageState,
    answered,
    next_reminder,
    raised,
    reminded,
    since_reopened,
)
from tests.fakes import FIFTEEN_MINUTES, NOON
from tests.values import a_page, an_escalation

MINUTE = timedelta(minutes=1)


def test_a_page_is_raised_by_the_level_as_it_was_when_the_escalation_began():
    began = an_escalation()
    call = next_call(began, {"dotcom IMOC": ("UIM",)})

    (page,) = raised(called(began, call, NOON + FIFTEEN_MINUTES), call)

    assert (page.level, page.level_team, page.role, page.responder) == (1, "dotcom IMOC", "IM", "UIM")
    assert next_reminder(page) == NOON + FIFTEEN_MINUTES + 5 * MINUTE
    assert not page.last_resort
    assert raised(began, replace(call, round=2))[0].last_resort


def test_reminders_fall_at_5_and_10_minutes_and_never_at_the_deadline():
    of = an_escalation()
    of = replace(
        of, path=tuple(replace(one, reminders=(5 * MINUTE, 10 * MINUTE, 15 * MINUTE)) for one in of.path)
    )
    walked = [page := a_page(of), page := reminded(page), page := reminded(page), reminded(page)]

    assert [next_reminder(one) for one in walked] == [NOON + 5 * MINUTE, NOON + 10 * MINUTE, None, None]
    assert next_reminder(replace(walked[0], responder=None)) is None


def test_an_answered_page_has_no_reminder_left():
    page = answered(a_page(), "UEOC", NOON)

    assert (page.state, page.answered_by, next_reminder(page)) == (PageState.ACKNOWLEDGED, "UEOC", None)


def test_pages_and_answers_from_before_a_reopening_are_over():
    back = NOON + 60 * MINUTE
    again = an_escalation(id=9, reason=Reason.REOPENED, started_at=back)
    before, waits = answered(a_page(id=1), "UEOC", NOON), a_page(id=2)
    after = answered(a_page(again, id=3, raised_at=back), "UEOC", back)

    assert since_reopened([before, waits]) == [before, waits]
    assert since_reopened([before, waits, after]) == [waits, after]
    assert since_reopened([replace(after, raised_at=NOON), after]) == [after]
