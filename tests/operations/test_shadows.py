"""Who shadows a schedule is told of its pages."""

import pytest

from bot.domain.process import Process
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.paging import request_page
from storage import escalations
from tests.conftest import Office
from tests.domain.oncall.values import layer, schedule
from tests.fakes import process, scheduled

LEADERS = "dotcom leadership escalation"


@pytest.fixture
def rules() -> Process:
    pair = schedule(layer("ULEADER+USOMEBODY"), shadow=(layer("UREP"),))
    return scheduled(process(), pair, LEADERS)


def told(office: Office) -> list[str]:
    return [str(data["person"]) for event, data in office.emitted() if event == "PageShadowed"]


def test_once_however_many_are_called_and_however_often(office: Office) -> None:
    office.perform(request_page, LEADERS, "Help", by="UIM", incident_id=None)
    assert told(office) == ["UREP"]

    office.clock.advance(minutes=15)
    office.perform(lambda tx: escalate_overdue(tx, *escalations.overdue(tx, 10)))

    assert told(office) == []
