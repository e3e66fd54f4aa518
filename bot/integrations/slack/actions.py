"""Actions in an incident's channel: each with its buttons, redrawn in place."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from bot.domain import facts
from bot.domain.work.work import Action
from bot.integrations.slack.backlog import Backlog, incident_channel
from bot.integrations.slack.client import Posted, SlackClient
from bot.integrations.slack.surfaces import moved
from bot.jobs import Effect, Job, Subjects
from bot.operations.work.actions import ASSIGNED, actions_posted, assignee_told
from bot.operations.workspace import places
from bot.operations.workspace.channel import not_posted, problem
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.drill import marked
from bot.views.work import action
from storage import actions, incidents, outbox, posts
from storage.outbox import Delivery, LeaseKey, Waiting
from storage.transaction import Tx, whole

_ASSIGNED = "assigned:{action}:{person}"
_CHANGED = {
    *(facts.ActionTaken, facts.ActionReturned, facts.ActionDone, facts.ActionReleased, facts.ActionKept),
    *(facts.FollowUpChanged, facts.FollowUpCancelled, facts.FollowUpReopened),
}
_Changed: TypeAlias = (
    facts.ActionTaken
    | facts.ActionReturned
    | facts.ActionDone
    | facts.ActionReleased
    | facts.ActionKept
    | facts.FollowUpChanged
    | facts.FollowUpCancelled
    | facts.FollowUpReopened
)


class Actions:
    """Messages of one action each, or of several that waited together while Slack was away."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack
        self._backlog = Backlog(uow, slack)

    def jobs(self) -> list[Job]:
        return [
            Job(
                "slack.post_action",
                {facts.ActionAdded},
                self._backlog.together(
                    self.post_action, self._post_actions, where=incident_channel, arrived=_found
                ),
                "actions:{incident}",
                _failed,
                about=_for_all,
            ),
            Job(
                "slack.redraw_action",
                {*_CHANGED, facts.ActionShownOutdated},
                self.redraw_action,
                "action:{action}",
                _failed,
                about=_first,
                coalesce=True,
                drawn=self.drawn,
            ),
            Job("slack.tell_assignee", {facts.ActionAssigned}, self.tell_assignee, _ASSIGNED, _failed),
            Job(
                "slack.redraw_assignee",
                {*_CHANGED, facts.AssigneeToldOutdated, facts.ChannelOpened},
                self.redraw_assignee,
                _ASSIGNED,
                _failed,
                about=_assignees,
                coalesce=True,
            ),
        ]

    async def tell_assignee(self, delivery: Delivery) -> Effect:
        found, message = await self._uow.read(_assigned, delivery)
        person = delivery.subject["person"]
        posted = await self._slack.post(delivery, person, message, readable=False)
        return partial(assignee_told, seen=found, person=person, channel=posted.channel, ts=posted.ts)

    async def redraw_assignee(self, delivery: Delivery) -> None:
        """Say in that message that the action is done, or somebody else's."""
        subject = delivery.subject
        place = f"{subject['action']}:{subject['person']}"
        _, message = await self._uow.read(_assigned, delivery)
        if post := await self._uow.read(posts.find, subject["incident"], ASSIGNED, place):
            await self._slack.redraw(delivery, post.channel, post.ts, message)

    async def post_action(self, delivery: Delivery) -> Effect | None:
        return await self._post_actions(delivery, ())

    async def _post_actions(self, delivery: Delivery, behind: Sequence[Waiting]) -> Effect | None:
        """Post an action, and those that waited behind it, in one message with the buttons of each."""
        incident = await self._uow.read(incidents.get, delivery.subject["incident"])
        if not incident.channel:
            await self._backlog.wait_for_place("slack.open_channel", f"channel:{incident.id}")
            return None
        known = await self._uow.read(_actions, delivery, behind)
        found = [one for one in known if one.incident == incident.id]  # others moved on with a merging
        if not found:
            return None
        posted = await self._slack.post(delivery, incident.channel, marked(action.posted(*found), incident))
        return partial(actions_posted, seen=found, ts=posted.ts, surely=not delivery.uncertain)

    async def redraw_action(self, delivery: Delivery) -> None:
        """Show who took an action, or that it is done. What changes before it is posted is seen then."""
        incident = await self._uow.read(incidents.get, delivery.subject["incident"])
        first, *others = await self._uow.read(_shown_together, delivery.subject["action"])
        if incident.channel and first.ts and first.id == delivery.subject["action"]:
            await self._slack.redraw(
                delivery, incident.channel, first.ts, marked(action.posted(first, *others), incident)
            )

    async def drawn(self, subject: Mapping[str, Any]) -> LeaseKey | None:
        incident = await self._uow.read(incidents.get, subject["incident"])
        first, *_ = await self._uow.read(_shown_together, subject["action"])
        return await self._slack.drawn(incident.channel, first.ts) if incident.channel and first.ts else None


def _for_all(tx: Tx, fact: facts.ActionAdded) -> Subjects:
    """Return the action, unless it is private: that is posted nowhere."""
    return () if actions.get(tx, fact.action).private else whole(tx, fact)


def _actions(tx: Tx, delivery: Delivery, behind: Sequence[Waiting]) -> list[Action]:
    subjects = [delivery.subject, *[one.subject for one in behind]]
    return [actions.get(tx, subject["action"]) for subject in subjects]


def _first(tx: Tx, fact: _Changed | facts.ActionShownOutdated) -> Subjects:
    """Return the message of an action, which is known by the first action in it."""
    return ({"incident": fact.incident, "action": _shown_together(tx, fact.action)[0].id},)


def _assignees(tx: Tx, fact: _Changed | facts.AssigneeToldOutdated | facts.ChannelOpened) -> Subjects:
    """Return the messages to those who were given an action; all of them once it goes on in private."""
    if isinstance(fact, facts.AssigneeToldOutdated):
        return whole(tx, fact)
    if isinstance(fact, facts.ChannelOpened) and not moved(tx, fact):
        return ()
    changed = None if isinstance(fact, facts.ChannelOpened) else str(fact.action)
    places = (post.place.partition(":") for post in posts.of(tx, fact.incident) if post.kind == ASSIGNED)
    return [
        {"incident": fact.incident, "action": int(number), "person": person}
        for number, _, person in places
        if changed in {None, number}
    ]


def _found(delivery: Delivery, posted: Posted) -> Effect:
    """Return how to remember the message in which an earlier attempt posted actions, as they were then."""

    def remember(tx: Tx) -> None:
        actions_posted(tx, _actions(tx, delivery, outbox.folded(tx, delivery)), posted.ts, surely=False)

    return remember


def _assigned(tx: Tx, delivery: Delivery) -> tuple[Action, Message]:
    found = actions.get(tx, delivery.subject["action"])
    incident = incidents.get(tx, found.incident)
    return found, action.assigned(found, incident, delivery.subject["person"])


def _shown_together(tx: Tx, action_id: int) -> list[Action]:
    return actions.sharing(tx, actions.get(tx, action_id))


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    posting = delivery.job == "slack.post_action"
    in_channel = posting or delivery.job == "slack.redraw_action"
    if posting:
        refused = actions.get(tx, delivery.subject["action"])
        text = "\n".join(filter(None, (refused.title, refused.details)))
        not_posted(tx, refused.incident, "action", reason, text, by=refused.by)
    if in_channel and places.refused(tx, delivery.subject["incident"], reason):
        return
    what = "An action could not be posted" if posting else "An action could not be brought up to date"
    problem(tx, delivery.subject["incident"], what, reason, "It is in the list: `/inc actions`.")
