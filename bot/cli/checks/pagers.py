"""Holds the keys of the pagers that teams keep against those services."""

from bot.cli.findings import Finding, Level
from bot.clock import Clock
from bot.config import Config
from bot.integrations.pagers.raising import pagers_of
from bot.jobs import DeliveryFailed


async def pager_findings(config: Config, clock: Clock) -> list[Finding]:
    """Return whether what reads there does. Nothing is raised to try it out."""
    found = []
    for service in pagers_of(config.pagers, clock).values():
        teams = ", ".join(service.teams)
        try:
            await service.try_out()
        except DeliveryFailed as failure:
            cure = "What is acknowledged there may not be heard, and who did it not be known."
            found.append(Finding(Level.WARNING, f"{service.name}: {failure.reason}.", cure))
        else:
            found.append(Finding(Level.OK, f"Pages of {teams} are raised in {service.name} too."))
    return found
