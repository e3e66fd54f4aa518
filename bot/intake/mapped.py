"""Any JSON, by a mapping in `muster.yml`: for each part of an alert where it stands, as JMESPath."""

from typing import Any

from bot.domain.alerts.layouts import Layout
from bot.domain.alerts.signals import LONGEST_TITLE, AlertLink, Signal, State, grade, unreadable
from bot.intake.values import Unreadable, instant, key_of, labels, line, text, url

try:
    import jmespath
    from jmespath.exceptions import JMESPathError
except ImportError:  # an extra
    jmespath, JMESPathError = None, ValueError

EXTRA = "the package jmespath is not installed: pip install 'muster-bot[alerts]'"


def wrong_path(path: str) -> str:
    """Return why this is no JMESPath; nothing if it is one."""
    if jmespath is None:
        return EXTRA
    try:
        jmespath.compile(path)
    except JMESPathError as wrong:
        return str(wrong).splitlines()[0].rstrip(":")
    return ""


def read(body: Any, layout: Layout) -> list[Signal]:
    """Return the signals of a body. Raise Unreadable where there is none, or the only one says nothing."""
    found = _found(layout.paths["alerts"], body) if "alerts" in layout.paths else body
    alerts = found if isinstance(found, list) else [found]
    if not alerts or alerts == [None]:
        raise Unreadable(
            f"nothing stands at `{layout.paths.get('alerts', '@')}`, where `alerts` is mapped to"
        )
    signals = [_signal(one, layout) for one in alerts]
    if len(signals) == 1 and not signals[0].readable:
        raise Unreadable(f"nothing stands at `{layout.paths['title']}`, where `title` is mapped to")
    return signals


def _signal(alert: Any, layout: Layout) -> Signal:
    told = {name: _found(path, alert) for name, path in layout.paths.items() if name != "alerts"}
    key = line(told.get("key"), 2000)
    title = line(told.get("title"), LONGEST_TITLE) or key[:LONGEST_TITLE]
    if not title:
        return unreadable("")
    place = url(told.get("link"))
    return Signal(
        key=key_of(key or title),
        title=title,
        state=_state(told.get("state"), layout),
        severity=grade(line(told.get("severity"))),
        text=text(told.get("text")),
        labels=labels({name: _found(path, alert) for name, path in layout.labels.items()}),
        links=(AlertLink("Source", place),) if place else (),
        image=url(told.get("image")),
        group=key_of(line(told.get("group"), 2000)),
        since=instant(told.get("since")),
    )


def _state(said: object, layout: Layout) -> State:
    word = line(said).lower()
    if word in layout.resolved:
        return State.RESOLVED
    return State.ACKNOWLEDGED if word in layout.acknowledged else State.FIRING


def _found(path: str, body: Any) -> Any:
    """Return what stands there; nothing where it does not fit, as with a function of another type."""
    try:
        return jmespath.search(path, body)
    except (JMESPathError, RecursionError, ArithmeticError, AttributeError, TypeError, ValueError):
        return None
