"""The end of an incident's channel: its last message, and what to do when it is needed again."""

from collections.abc import Sequence

from bot.domain.incidents.fields import Link
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.streams import Stream
from bot.views.blocks import Message, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import escape, link, place
from bot.views.naming import title_inside


@says_drill
def last_word(
    incident: Incident,
    entries: int,
    open_actions: int,
    links: Sequence[Link],
    announced: Sequence[str],
    *,
    streams: Sequence[Stream] = (),
) -> Message:
    """Return the last message of a channel: all that is known of the incident, and how to go on.

    `announced` are the addresses of its announcements.
    """
    number = f"INC-{incident.id}"
    named = [*(link(one.url, one.name) for one in links)]
    told = [link(url, f"announcement {count}") for count, url in enumerate(announced, 1)]
    beside = [f"{escape(one.name)} {place(one.channel)}" for one in streams if one.channel]
    lines = [
        f"*{title_inside(incident)} is {incident.status}, and this channel is archived now.*",
        f"What happened: `/inc timeline {number}` ({entries} entries), in short: `/inc recap {number}`",
        f"Links: {' · '.join([*named, *told])}" if named or told else "",
        f"Channels of its streams: {' · '.join(beside)}" if beside else "",
        f"Open actions: {open_actions}, `/inc actions {number}`" if open_actions else "",
        f"If the problem is back: `/inc reopen {number}`, from any channel.",
    ]
    text = "\n".join(filter(None, lines))
    return message(text, section(text))


def away(incident: Incident) -> str:
    """Return what to do about an archived channel whose incident goes on: only a person can bring it back."""
    come = "invite me there: `/invite @muster`" if incident.private else "I come in by myself"
    where = f" {place(incident.channel)}" if incident.channel else ""
    return (
        f"*Its channel is archived, and only a person can bring it back:* open{where}, unarchive it in its "
        f"settings, and {come}. What happens until then is told there afterwards."
    )
