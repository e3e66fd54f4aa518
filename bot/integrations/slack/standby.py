"""Standing by: a replica that cannot use the database leaves what people do to the others."""

import logging

from bot.integrations.slack.socket import Socket
from bot.unit_of_work import UnitOfWork

log = logging.getLogger("muster.standby")

LOOK_EVERY = 1.0
"""Seconds between two looks: so often something is decided even when nothing happens."""
PATIENCE = 10
"""Looks without a decision after which it stands by. A database that fails over is back before."""


class Standby:
    """Closes the connections to Slack while nothing can be decided, so that Slack asks other replicas.

    Deadlines and deliveries go on trying; with the first decision that is kept the connections are opened.
    """

    def __init__(self, uow: UnitOfWork, socket: Socket) -> None:
        self._uow = uow
        self._socket = socket
        self._seen = uow.decided
        self._missed = 0

    async def look(self) -> None:
        decided, self._seen = self._uow.decided - self._seen, self._uow.decided
        stood_by = self._missed >= PATIENCE
        self._missed = 0 if decided else self._missed + 1
        if stood_by and decided:
            log.warning("the database can be used again; connecting to Slack")
            self._socket.start()
        elif self._missed >= PATIENCE:
            if not stood_by:
                log.error(
                    "nothing could be decided for %g s; leaving what people do to other replicas",
                    PATIENCE * LOOK_EVERY,
                )
            await self._socket.stop()
