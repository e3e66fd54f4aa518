"""What is wrong with a request of the API is said in plain words: which key, and what was expected."""

from typing import Any

import pytest
from pydantic import BaseModel

from handlers.rest.answering import Invalid, parsed
from handlers.rest.models import Declaration, FollowUpChange, NewAction, NewUpdate
from handlers.rest.queries import AlertsQuery, FiguresQuery, IncidentsQuery, Query


@pytest.mark.parametrize(
    ("model", "given", "said"),
    [
        (IncidentsQuery, {"limit": "0"}, "limit: expected at least 1."),
        (IncidentsQuery, {"limit": "500"}, "limit: expected at most 100."),
        (IncidentsQuery, {"limit": "many"}, "limit: expected a whole number."),
        (IncidentsQuery, {"sevrity": "S1"}, "sevrity: there is no such key. Did you mean `severity`?"),
        (IncidentsQuery, {"severity": "S1,S9"}, "severity.1: expected S1, S2, S3 or S4."),
        (IncidentsQuery, {"created_after": "soon"}, "created_after: expected a time such as 2026-12-31T"),
        (
            IncidentsQuery,
            {"created_after": "2026-01-01T00:00:00"},
            "created_after: expected a time with its z",
        ),
        (IncidentsQuery, {"created_after": "1926-01-01T00:00:00Z"}, "expected a year from 2000 to 2099."),
        (
            IncidentsQuery,
            {"created_after": "2026-01-02T00:00:00Z", "created_before": "2026-01-01T00:00:00Z"},
            "created_before: expected a time that is not before created_after.",
        ),
        (
            FiguresQuery,
            {"since": "2026-01-02T00:00:00Z", "until": "2026-01-02T00:00:00+01:00"},
            "until: expected a time that is not before since.",
        ),
        (IncidentsQuery, {"label": "blue"}, "label: expected "),
        (IncidentsQuery, {"q": "x" * 121}, "q: expected at most 120 characters."),
        (AlertsQuery, {"open": "perhaps"}, "open: expected true or false."),
        (Declaration, [], "the body: expected an object."),
        (Declaration, {"name": 5}, "severity: is missing"),
        (Declaration, {"severity": "S3", "name": 5}, "name: expected text."),
        (NewAction, {"title": "Look", "due": "friday"}, "due: expected a day such as 2026-12-31."),
        (NewAction, {"title": "Look", "due": "2026-12-31T10:00:00Z"}, "due: expected a day such as"),
        (NewAction, {"title": "Look", "due": "0001-01-01"}, "due: expected a year from 2000 to 2099."),
        (FollowUpChange, {"due": "9999-12-31"}, "due: expected a year from 2000 to 2099."),
        (Query, {"team": "EOC"}, "team: there is no such key."),
        (NewUpdate, {"text": "We look", "next_in_minutes": -1}, "next_in_minutes: expected "),
    ],
)
def test_it_is_named_with_what_was_expected(model: type[BaseModel], given: Any, said: str) -> None:
    with pytest.raises(Invalid) as invalid:
        parsed(model, given)

    told = str(invalid.value)
    assert said in told
    assert ". ." not in told
    assert "?." not in told
    for raw in ("Input should", "pydantic", "Value error", "{", "another value"):
        assert raw not in told
