"""Any JSON is read by the layout that `muster.yml` gives, and a wrong one is named."""

from typing import Any

import pytest

pytest.importorskip("jmespath", reason="it is an extra, and not installed here")

from bot.domain.alerts.layouts import Layout
from bot.domain.alerts.signals import State
from bot.intake.mapped import read, wrong_path
from bot.intake.values import Unreadable

BUILD = {
    "build": {"id": 7, "name": "Deploy of shop", "status": "FAILED", "url": "https://ci.test/7"},
    "grade": "high",
    "tags": [{"k": "team", "v": "web"}],
}
LAYOUT = Layout(
    paths={
        "title": "build.name",
        "key": "join('/', ['build', to_string(build.id)])",
        "state": "build.status",
        "severity": "grade",
        "link": "build.url",
    },
    labels={"team": "tags[?k=='team'].v | [0]"},
    resolved=("success",),
)


def test_its_parts_are_found():
    (signal,) = read(BUILD, LAYOUT)

    assert (signal.key, signal.title, signal.severity) == ("build/7", "Deploy of shop", "S2")
    assert signal.labels == {"team": "web"}
    assert [one.url for one in signal.links] == ["https://ci.test/7"]


@pytest.mark.parametrize(
    ("word", "state"), [("SUCCESS", State.RESOLVED), ("FAILED", State.FIRING), ("ack", State.ACKNOWLEDGED)]
)
def test_its_state_is_a_word(word: str, state: State):
    (signal,) = read({"build": {"id": 7, "name": "Deploy", "status": word}}, LAYOUT)

    assert signal.state is state


def test_a_list_holds_many_and_what_is_misshapen_in_it_hides_no_other():
    layout = Layout(paths={"alerts": "events", "title": "name", "key": "id"})

    found = read({"events": [{"name": "a", "id": 1}, {"name": None}, {"id": 2}]}, layout)

    assert [(one.key, one.title, one.readable) for one in found] == [
        ("1", "a", True),
        ("unreadable", "Unreadable alert from", False),
        ("2", "2", True),
    ]


@pytest.mark.parametrize("body", [{}, [], None, "x", 7, {"build": "x"}, {"build": {"name": ""}}])
def test_what_does_not_fit_is_unreadable(body: Any):
    with pytest.raises(Unreadable, match="nothing stands at"):
        read(body, Layout(paths={"title": "build.name", "key": "length(build.id)"}))


def test_a_wrong_path_is_named():
    assert wrong_path("build.name") == ""
    assert "Unexpected end of expression" in wrong_path("build.") or wrong_path("build.")
    assert wrong_path("[?")
