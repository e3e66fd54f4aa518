"""What the owner of a review reads of comments on it."""

from collections.abc import Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.reviews.versions import Comment
from bot.views.blocks import Message, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import actor, cut, link, quote
from bot.views.naming import title, way_in

_LONGEST = 500


@says_drill
def told(incident: Incident, comments: Sequence[Comment], page: str = "") -> Message:
    """Tell of comments, the newest with its words, but for those on a private incident."""
    newest = comments[-1]
    many = f" {len(comments)} times" if len({one.by for one in comments}) == 1 and len(comments) > 1 else ""
    who = actor(newest.by)
    others = len({one.by for one in comments}) - 1
    if others:
        who, many = f"{who} and {others} {'other' if others == 1 else 'others'}", ""
    where = link(page, "Read and answer it in the browser") if page else way_in(incident)
    text = f"{who} commented{many} on the review of {title(incident)} · {where}"
    if not incident.private:
        text += f"\n{quote(cut(newest.text, _LONGEST))}"
    return message(text, section(text))


@says_drill
def none_left(incident: Incident) -> Message:
    """Say that there is nothing more to read: who had commented took it back."""
    text = f"A comment on the review of {title(incident)} was taken back · {way_in(incident)}"
    return message(text, section(text))
