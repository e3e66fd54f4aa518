"""User groups that follow schedules: whoever is on call is in them, and nobody is told of it."""

import logging
from collections.abc import Sequence

from bot.domain.facts import OnCallChanged
from bot.domain.oncall.shifts import on_call
from bot.integrations.slack.client import SlackClient, SlackError, understood
from bot.jobs import Job
from bot.operations.oncall.rota import rota_of
from bot.unit_of_work import UnitOfWork
from storage import people
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.schedules")

IMPOSSIBLE = frozenset(
    {"paid_teams_only", "plan_upgrade_required", "missing_scope", "no_permission", "permission_denied"}
)
"""What Slack says where the workspace's plan, its admins or the app's scopes let us change no group."""


class UserGroups:
    """Has in each group who is on call now for the schedules that name it; all at once, only on a change.

    A group cannot be empty: with nobody on call it stays as it is.
    """

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack
        self._ids: dict[str, str] = {}
        self._off = False

    def jobs(self) -> list[Job]:
        return [
            Job(
                "slack.follow_schedule",
                {OnCallChanged},
                self.follow,
                "group:{group}",
                on_dead=_unchanged,
                coalesce=True,
            )
        ]

    async def follow(self, delivery: Delivery) -> None:
        handle = delivery.subject["group"]
        wanted = await self._uow.read(_members, handle)
        if self._off or not wanted:
            return
        try:
            await self._have(handle, wanted)
        except SlackError as error:
            if error.code not in IMPOSSIBLE:
                raise
            self._off = True
            log.warning("user groups follow no schedule until the next start", extra={"reason": error.reason})

    async def _have(self, handle: str, wanted: Sequence[str]) -> None:
        if not (group := self._ids.get(handle)):
            answer = await self._slack.call("usergroups.list")
            with understood("usergroups.list"):
                self._ids = {row["handle"].lower(): row["id"] for row in answer.get("usergroups") or ()}
            if not (group := self._ids.get(handle)):
                log.warning("there is no such user group in Slack", extra={"group": handle})
                return
        try:
            answer = await self._slack.call("usergroups.users.list", usergroup=group)
            if set(answer.get("users") or ()) != set(wanted):
                await self._slack.call("usergroups.users.update", usergroup=group, users=list(wanted))
        except SlackError as error:
            if error.code == "no_such_subteam":
                del self._ids[handle]  # it may have been made anew
            raise


def _members(tx: Tx, handle: str) -> list[str]:
    """Return who is on call now for the schedules that a group follows, if Slack knows them as active."""
    found = dict[str, None]()
    for name, schedule in tx.process.schedules.items():
        if schedule.user_group == handle:
            rota = rota_of(tx, name)
            found |= dict.fromkeys(on_call(rota.schedule, rota.overrides, tx.now))
    there = people.can_be_called(tx, [*found])
    return [who for who in found if who in there]


def _unchanged(_: Tx, delivery: Delivery, reason: str) -> None:
    log.warning("a user group stays as it is", extra={**delivery.subject, "reason": reason})
