"""What is said of webhooks to whoever looks after Muster."""

from bot.domain.webhooks import DISABLED_AFTER
from bot.views.blocks import Message, message
from bot.views.mrkdwn import escape


def disabled(name: str, why: str, *, gone: bool) -> Message:
    """Say that a webhook is sent to no more, why, and what to do."""
    since = "its endpoint wants no more" if gone else f"it has taken no event for {DISABLED_AFTER.days} days"
    return message(
        f"*I have disabled the webhook {escape(name)}*: {since} ({escape(why)}). What happens from now on is "
        "not sent there. Whoever runs me can mend its endpoint, then run "
        f"`muster webhook enable {escape(name)}`; `muster outbox list` shows what was not sent, and sends it."
    )
