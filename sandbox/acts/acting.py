"""Who acts, and what they can see and reach."""

from dataclasses import dataclass

from sandbox.courier import Courier
from sandbox.errors import SlackError
from sandbox.state import Channel, Json, User, View
from sandbox.workspace import Workspace


@dataclass(frozen=True)
class Acting:
    ws: Workspace
    courier: Courier
    user: User

    def channel(self, given: Json) -> Channel:
        """A conversation that this person can see."""
        channel = self.ws.channels.get(given["channel"])
        if channel is None or (channel.private and self.user.id not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def joined(self, given: Json) -> Channel:
        """A conversation that this person can act in."""
        channel = self.channel(given)
        if channel.archived:
            raise SlackError("is_archived")
        if self.user.id not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, given: Json) -> Json:
        message = channel.find(given["ts"])
        if message is None or message.get("subtype") == "tombstone":
            raise SlackError("message_not_found")
        return message

    def view(self, given: Json) -> View:
        """A form or Home tab that this person has open."""
        home = self.user.home
        if home and home.id == given["view_id"]:
            return home
        view = self.ws.views.get(given["view_id"])
        if view is None or view.user != self.user.id:
            raise SlackError("not_found")
        return view
