"""Alerts in a list, and the sources that send them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.alerts.alert import Alert, SourceState
from bot.domain.alerts.listing import LONGEST, Sought
from bot.views.alerts.alert import line
from bot.views.alerts.one_alert import opens
from bot.views.blocks import Block, Element, Message, actions, button, context, message, paragraphs, section
from bot.views.mrkdwn import escape, when

OPEN, ALL, SOURCES, NOISE = "alerts_open", "alerts_all", "alerts_sources", "alerts_noise"
HEARTBEATS = "heartbeats_list"
BUTTONS = (OPEN, ALL, SOURCES, NOISE)
PER_PAGE = 10
NONE = "No alert fires now."
NO_SOURCE = (
    "No source of alerts is configured. Its operator makes one with `muster source add`, and writes it into "
    "`muster.yml`."
)


def listing(
    found: Sequence[Alert], incidents: Mapping[int, str], limits: Sought, *, more: bool, heading: str = ""
) -> Message:
    """Return alerts, the newest first. `incidents` has how those are called that the reader may know of."""
    everything = limits.everything or limits.unrouted
    heading = heading or ("*Alerts*, the newest first" if everything else "*Alerts that fire now*")
    typed = str(limits)
    if typed not in {"", "all"}:
        heading += f": {escape(typed)}"
    lines = [_told(one, incidents) for one in found]
    rest = str(replace(limits, everything=False))[:LONGEST]
    ways: list[Element] = []
    if more and found:
        ways.append(button("Older", ALL if everything else OPEN, f"{found[-1].id}:{rest}"))
    ways += [button("Firing now", OPEN, 0)] if everything or rest else []
    ways += [button("All alerts", ALL, f"0:{rest}")] if not everything else []
    ways += [button("Noise", NOISE, 0), button("Sources", SOURCES, 0)]
    shown = [section(one, opens(alert)) for one, alert in zip(lines, found, strict=True)] or [section(NONE)]
    return message("\n".join([heading, *(lines or [NONE])]), section(heading), *shown, actions(*ways))


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
    ways = [button("Firing now", OPEN, 0), button("Heartbeats", HEARTBEATS)]
    return message("\n".join(["*Sources of alerts*", *lines]), *blocks, actions(*ways))


def _source(name: str, form: str, state: SourceState | None) -> str:
    if not state or not state.taken_at:
        told = "nothing has come from it yet"
    else:
        told = f"{state.taken} taken, last {when(state.taken_at)}"
    if state and state.refused_at:
        told += f" · {state.refused} refused, last {when(state.refused_at)}: {escape(state.reason)}"
    return f"*{escape(name)}* ({escape(form)}): {told}"
