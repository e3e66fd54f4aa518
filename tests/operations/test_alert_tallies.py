"""What is counted of alerts, and how a request is found again by its trace, on both engines."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.alerts.requests import Refusal
from bot.domain.alerts.routing import Rule, Then
from bot.domain.alerts.signals import State
from bot.operations.alerts.intake import refuse, take
from storage import alert_lookups, alert_tallies, alert_traces
from storage.alerts import Taken
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.test_alerts import decides, ruled, sends, signal

DAY = timedelta(days=1)


def test_results_are_counted_by_source_each_alert_once(office: Office) -> None:
    ruled(
        office,
        Rule(name="test", labels={"env": "test"}, then=Then.KEEP),
        Rule(name="all", labels={"env": "live"}, group_by=("env",)),
    )
    live, kept = {"env": "live"}, {"env": "test"}

    sends(office, signal("a", labels=live), signal("b", labels=live), signal("c", labels=kept), signal("d"))
    sends(office, signal("a", labels=live), signal("c", labels=kept), replace(signal("e"), readable=False))
    sends(office, signal("a", State.RESOLVED), signal("gone", State.RESOLVED))
    office.perform(refuse, "prometheus", "no JSON")

    found = office.read(alert_tallies.ever)
    assert {result: number for (_, result), number in found.items()} == {
        "taken": 9,
        "duplicate": 2,
        "unmatched": 1,
        "unreadable": 1,
        "opened": 3,
        "joined": 1,
        "kept": 1,
        "unrouted": 2,
        "refused": 1,
    }
    assert {source for source, _ in found} == {"prometheus"}


def test_what_is_counted_by_the_hour_is_forgotten_and_the_whole_stays(office: Office) -> None:
    sends(office, signal())
    office.clock.advance(minutes=26 * 60)
    sends(office, signal("other"))

    assert office.read(alert_tallies.lately, DAY)["prometheus", "taken"] == 1
    assert office.read(alert_tallies.lately, 2 * DAY)["prometheus", "taken"] == 2
    office.perform(alert_tallies.prune, DAY)
    assert office.read(alert_tallies.lately, 2 * DAY)["prometheus", "taken"] == 1
    assert office.read(alert_tallies.ever)["prometheus", "taken"] == 2


def test_each_request_of_an_alert_is_found_by_its_trace(office: Office) -> None:
    def told(trace: str, state: State) -> list[Taken]:
        return [Taken("ci", signal(state=state), "{}", trace=trace)]

    office.perform(take, [told("first", State.FIRING), told("second", State.FIRING)])
    decides(office)
    office.perform(take, [told("third", State.RESOLVED)])
    office.perform(take, [told("fourth", State.RESOLVED)])

    for trace, state in (("first", "firing"), ("second", "firing"), ("third", "resolved")):
        found = office.read(alert_lookups.by_trace, "ci", trace)
        assert found
        assert (found[0].told, found[1].key, found[1].fired) == (state, "disk", 2)
    (lost,) = office.read(alert_traces.of_request, "fourth")
    assert (lost.told, lost.alert) == ("resolved", None)


def test_a_refused_request_is_found_by_its_trace_and_old_ones_are_forgotten(office: Office) -> None:
    most = alert_traces.MOST_REFUSALS
    office.perform(refuse, "ci", "no JSON", "the first", "192.0.2.7")
    found = office.read(alert_traces.refused, "the first")
    assert found == Refusal("the first", "ci", "192.0.2.7", "no JSON", office.clock.now())

    def more(tx: Tx) -> None:
        for number in range(most):
            alert_traces.refuse(tx, Refusal(f"trace {number}", "", "192.0.2.7", "wrong", tx.now))

    office.perform(more)

    assert office.read(alert_traces.refused, "the first") is None
    assert len(office.read(alert_traces.refusals, 2 * most)) == most
