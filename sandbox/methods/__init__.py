"""The Web API: one function for each method. A name that is not in this table is an unknown method."""

from collections.abc import Callable

from sandbox.call import Call
from sandbox.methods import bookmarks, chat, conversations, identity, marks, reading, scheduled, users, views
from sandbox.state import Json

Answer = Callable[[Call], Json]

ANSWERS: dict[str, Answer] = {
    "api.test": identity.api_test,
    "auth.test": identity.auth_test,
    "team.info": identity.team_info,
    "bots.info": identity.bots_info,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "chat.delete": chat.delete_message,
    "chat.postEphemeral": chat.post_to_one,
    "chat.getPermalink": chat.get_permalink,
    "chat.scheduleMessage": scheduled.schedule,
    "chat.deleteScheduledMessage": scheduled.unschedule,
    "chat.scheduledMessages.list": scheduled.listed,
    "conversations.create": conversations.create,
    "conversations.rename": conversations.rename,
    "conversations.setTopic": conversations.set_topic,
    "conversations.setPurpose": conversations.set_purpose,
    "conversations.invite": conversations.invite,
    "conversations.kick": conversations.kick,
    "conversations.join": conversations.join,
    "conversations.leave": conversations.leave,
    "conversations.archive": conversations.archive,
    "conversations.unarchive": conversations.unarchive,
    "conversations.open": conversations.open_direct,
    "conversations.info": reading.info,
    "conversations.list": reading.listed,
    "conversations.members": reading.members,
    "conversations.history": reading.history,
    "conversations.replies": reading.replies,
    "users.conversations": reading.of_user,
    "users.info": users.info,
    "users.list": users.listed,
    "users.lookupByEmail": users.by_email,
    "users.getPresence": users.presence,
    "usergroups.list": users.groups,
    "usergroups.users.list": users.group_users,
    "pins.add": marks.add_pin,
    "pins.remove": marks.remove_pin,
    "pins.list": marks.list_pins,
    "reactions.add": marks.add_reaction,
    "reactions.remove": marks.remove_reaction,
    "reactions.get": marks.get_reactions,
    "bookmarks.add": bookmarks.add,
    "bookmarks.edit": bookmarks.edit,
    "bookmarks.remove": bookmarks.remove,
    "bookmarks.list": bookmarks.listed,
    "views.open": views.open_view,
    "views.push": views.push,
    "views.update": views.update,
    "views.publish": views.publish,
}
