"""Alerts in a list, and the sources that send them."""

from collections.abc import Mapping, Sequence

from bot.domain.alerts.alert import Alert, SourceState
from bot.views.alerts.alert import line
from bot.views.blocks import Block, Element, Message, actions, button, context, message, paragraphs, section
from bot.views.mrkdwn import escape, when

OPEN, ALL, SOURCES = "alerts_open", "alerts_all", "alerts_sources"
BUTTONS = (OPEN, ALL, SOURCES)
PER_PAGE = 10
NONE = "No alert fires now."
NO_SOURCE = (
    "No source of alerts is configured. Its operator makes one with `muster source key`, and writes it into "
    "`muster.yml`."
)


def listing(
    found: Sequence[Alert], incidents: Mapping[int, str], *, everything: bool, more: bool, heading: str = ""
) -> Message:
    """Return alerts, the newest first. `incidents` has how those are called that the reader may know of."""
    heading = heading or ("*Alerts*, the newest first" if everything else "*Alerts that fire now*")
    lines = [_told(one, incidents) for one in found] or [NONE]
    ways: list[Element] = []
    if more and found:
        ways.append(button("Older", ALL if everything else OPEN, found[-1].id))
    ways += [button("Firing now", OPEN, 0)] if everything else [button("All alerts", ALL, 0)]
    ways.append(button("Sources", SOURCES, 0))
    return message(
        "\n".join([heading, *lines]), section(heading), *map(section, paragraphs(lines)), actions(*ways)
    )


def _told(alert: Alert, incidents: Mapping[int, str]) -> str:
    where = incidents.get(alert.incident or 0, "")
    return f"{line(alert)}\n> {where or escape(alert.outcome) or 'just taken'}"


def sources(configured: Mapping[str, str], states: Sequence[SourceState]) -> Message:
    """Return each source with what came from it, and what was refused: a mistyped key stays silent."""
    if not configured:
        return message(NO_SOURCE)
    known = {one.name: one for one in states}
    lines = [_source(name, form, known.get(name)) for name, form in configured.items()]
    blocks: list[Block] = [section("*Sources of alerts*"), *map(section, paragraphs(lines))]
    stranger = known.get("")
    if stranger and stranger.refused_at:
        times = "once" if stranger.refused == 1 else f"{stranger.refused} times"
        blocks.append(
            context(
                f"Refused {times}, last {when(stranger.refused_at)}, of no source that is known: "
                f"{escape(stranger.reason)}. Is a key mistyped?"
            )
        )
    return message(
        "\n".join(["*Sources of alerts*", *lines]), *blocks, actions(button("Firing now", OPEN, 0))
    )


def _source(name: str, form: str, state: SourceState | None) -> str:
    if not state or not state.taken_at:
        told = "nothing has come from it yet"
    else:
        told = f"{state.taken} taken, last {when(state.taken_at)}"
    if state and state.refused_at:
        told += f" · {state.refused} refused, last {when(state.refused_at)}: {escape(state.reason)}"
    return f"*{escape(name)}* ({escape(form)}): {told}"
