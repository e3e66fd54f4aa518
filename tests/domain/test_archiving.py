"""After how long the channel of an incident that is over is archived."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.archiving import archived_after
from bot.domain.incidents.incident import Status
from bot.domain.process import Archive
from tests.fakes import process
from tests.values import an_incident

OVER = {Status.CLOSED, Status.CANCELLED, Status.DECLINED}


@pytest.mark.parametrize("status", Status)
def test_by_default_a_public_one_after_a_week_and_a_private_one_never(status: Status) -> None:
    merged = timedelta(days=1) if status is Status.MERGED else None

    public = archived_after(an_incident(status=status), process())
    private = archived_after(an_incident(status=status, private=True), process())

    assert public == (timedelta(days=7) if status in OVER else merged)
    assert private == merged


def test_as_the_operator_has_set_it() -> None:
    rules = replace(process(), archive=Archive(after=None, private=timedelta(days=3)))

    assert archived_after(an_incident(status=Status.CLOSED), rules) is None
    assert archived_after(an_incident(status=Status.CLOSED, private=True), rules) == timedelta(days=3)
