"""What changed lately is found, and forgotten after its time."""

from datetime import timedelta

from bot.domain.alerts.changes import KEPT, ChangeEvent
from bot.domain.alerts.signals import AlertLink
from storage import change_events
from tests.conftest import Office


def test_changes_are_kept_for_their_time_the_newest_first(office: Office) -> None:
    links = (AlertLink("Job", "https://ci.test/1"),)
    for number in range(3):
        event = ChangeEvent(f"Deploy {number}", "web", {"env": "prod"}, links)
        office.perform(change_events.keep, [("ci", event)])
        office.clock.advance(minutes=30)

    lately = office.read(change_events.since, office.clock.now() - timedelta(hours=1), 9)
    assert [one.summary for one in lately] == ["Deploy 2", "Deploy 1"]
    assert (lately[0].labels, lately[0].links, lately[0].source) == ({"env": "prod"}, links, "ci")

    office.clock.advance(minutes=43_140)
    office.perform(change_events.prune, KEPT)
    assert len(office.read(change_events.since, office.clock.now() - KEPT * 2, 9)) == 2
