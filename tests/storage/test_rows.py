"""A value becomes the parameters of a statement, and a row becomes the value again."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.work.work import Action, ActionKind
from storage.rows import columns, value_of
from tests.fakes import NOON

ACTION = Action(
    id=7,
    incident=1,
    title="Drain the node",
    details="",
    kind=ActionKind.FOLLOW_UP,
    assignee=None,
    due=date(2026, 3, 2),
    by="UANA",
    at=NOON,
)


def test_a_choice_goes_out_as_its_plain_word_and_a_day_as_iso_text() -> None:
    found = columns(ACTION)

    assert (type(found["kind"]), found["kind"]) == (str, ActionKind.FOLLOW_UP.value)
    assert (found["due"], found["at"]) == ("2026-03-02", NOON)


@pytest.mark.parametrize(
    "action", [ACTION, replace(ACTION, due=None, done_by="UANA", done_at=NOON, ts="1.2")]
)
def test_a_row_gives_the_value_back_whatever_else_it_holds(action: Action) -> None:
    stored = {
        key: one.isoformat() if key in {"at", "done_at"} and one else one
        for key, one in columns(action).items()
    }

    assert value_of(Action, stored | {"title": "", "more": 1}, title=action.title) == action


def test_what_no_rule_could_have_written_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        value_of(Action, columns(ACTION) | {"kind": "Someday"})
