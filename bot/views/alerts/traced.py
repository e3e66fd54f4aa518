"""A request with alerts, found by the trace that its source was answered."""

from collections.abc import Sequence

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.requests import Refusal, Traced
from bot.views.alerts.one_alert import opens
from bot.views.blocks import Block, Message, context, message, section
from bot.views.mrkdwn import escape, when

MOST = 10


def request(trace: str, told: Sequence[tuple[Traced, Alert | None]], refused: Refusal | None) -> Message:
    """Return what a request told of alerts, or why it was refused."""
    heading = f"*Request {escape(trace)}*"
    lines = [_line(one, alert) for one, alert in told[:MOST]]
    blocks: list[Block] = [section(heading)]
    blocks += [
        section(line, opens(alert) if alert else None) for line, (_, alert) in zip(lines, told, strict=False)
    ]
    if len(told) > MOST:
        blocks.append(context(f"It told of {len(told)} alerts; these are the first."))
    if refused:
        whose = f"of {escape(refused.source)}" if refused.source else "of no source that is known"
        place = f" from {escape(refused.address)}" if refused.address else ""
        lines.append(f"Refused {when(refused.at)}, {whose}{place}: {escape(refused.reason)}")
        blocks.append(section(lines[-1]))
    return message("\n".join([heading, *lines]), *blocks)


def _line(one: Traced, alert: Alert | None) -> str:
    at = f"{when(one.at)}: " if one.at else ""
    if alert:
        return f"{at}{escape(one.source)} told that *{escape(alert.title)}* (A-{alert.id}) is {one.told}"
    return f"{at}{escape(one.source)} told that one is {one.told}, and none was open"
