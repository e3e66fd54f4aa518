"""An alert as the messages about its incident show it: its source, how often it fired, where to look."""

from collections.abc import Sequence

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.signals import State
from bot.views.blocks import Block, context, image, section
from bot.views.mrkdwn import cut, escape, link, quote, when

MOST_LABELS = 8
_TITLE, _LABEL = 200, 60
ALL_OVER = (
    "Its source says that all its alerts are over. Accept it if something is left to do, else decline it."
)


COMES_AND_GOES = "It comes and goes, so this stays open: somebody has to look why."


def about(alerts: Sequence[Alert], total: int, *, full: bool, flaps: bool = False) -> list[Block]:
    """Return what the alerts of an incident say; `full` with text and labels of the first, and whether it
    `flaps`.
    """
    if not alerts:
        return []
    lines = [line(one) for one in alerts]
    if total > len(alerts):
        lines.append(f"and {total - len(alerts)} more: `/inc alerts`")
    blocks = [section("\n".join(lines))]
    first = alerts[0]
    if not full:
        return blocks
    if first.text:
        blocks.append(section(quote(first.text, 600)))
    if told := labels(first):
        blocks.append(context(told))
    if drawn := next((one for one in alerts if one.image), None):
        blocks.append(image(drawn.image, f"Graph of {drawn.title}"))
    all_over = not any(one.open for one in alerts)  # those that fire stand first
    ends = [words for words, there in ((COMES_AND_GOES, flaps), (ALL_OVER, all_over)) if there]
    return [*blocks, *map(context, ends)]


def line(alert: Alert) -> str:
    """Return an alert on one line: what it is, whether it fires still, and where to look."""
    links = [link(one.url, one.name) for one in alert.links]
    if alert.image:
        links.insert(0, link(alert.image, "Graph"))
    return " · ".join([f"A-{alert.id} *{escape(cut(alert.title, _TITLE))}*", state(alert), *links])


def state(alert: Alert) -> str:
    """Return whether it fires, how often it did, and who says so."""
    times = f" {alert.fired} times" if alert.fired > 1 else ""
    if alert.resolved_at:
        told = f"over since {when(alert.resolved_at)}"
    elif alert.state is State.ACKNOWLEDGED:
        told = f"acknowledged there, firing since {when(alert.first_at)}"
    else:
        told = f"firing since {when(alert.first_at)}"
    return f"{told}{f', told{times}' if times else ''} ({escape(alert.source)})"


def labels(alert: Alert) -> str:
    named = list(alert.labels.items())
    told = [
        f"{escape(cut(name, _LABEL))}: {escape(cut(value, _LABEL))}" for name, value in named[:MOST_LABELS]
    ]
    return " · ".join([*told, *(["…"] if len(named) > MOST_LABELS else [])])
