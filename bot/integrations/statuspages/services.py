"""The status pages of other services that are configured."""

from collections.abc import Callable, Iterable

from bot.clock import Clock
from bot.config.statuspage import ATLASSIAN, STATUS_IO, PageSettings
from bot.integrations.statuspages.atlassian import Statuspage
from bot.integrations.statuspages.notice import Page
from bot.integrations.statuspages.status_io import StatusIo

_KINDS: dict[str, Callable[[PageSettings, Clock], Page]] = {STATUS_IO: StatusIo, ATLASSIAN: Statuspage}


def pages_of(settings: Iterable[PageSettings], clock: Clock) -> list[tuple[Page, PageSettings]]:
    """Return what calls each page, with its settings."""
    return [(_KINDS[one.name](one, clock), one) for one in settings]
