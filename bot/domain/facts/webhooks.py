"""What happens to webhooks to tools outside."""

from bot.domain.facts.fact import Fact


class WebhookDisabled(Fact):
    """A webhook is sent to no more: its endpoint took nothing for long, or says that it is `gone`."""

    name: str
    why: str
    gone: bool
