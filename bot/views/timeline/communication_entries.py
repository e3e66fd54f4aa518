"""What is said in the timeline of telling others: customers, executives, whoever asked for updates."""

from collections.abc import Callable, Mapping

from bot.domain.incidents.checklists import CHECKLISTS
from bot.domain.incidents.subscriptions import Target
from bot.domain.timeline.entries import Entry, Kind
from bot.views.mrkdwn import (
    escape,
    person,
    place,
    quote,
)
from bot.views.timeline.wording import LINE, by, not_paged


def _public_status(entry: Entry) -> str:
    before, after = (escape(entry.data[key]) for key in ("before", "after"))
    if entry.data.get("undone"):
        return (
            f"{by(entry)} undid it: the public status is *{after}* again (was {before})."
            f"{not_paged(entry.data.get('let_go') or ())}"
        )
    return f"{by(entry)} changed the public status from {before} to *{after}*."


def _notice_drafted(entry: Entry) -> str:
    return f"{by(entry)} drafted the notice to customers:\n{quote(entry.text, LINE)}"


def _impact_confirmed(entry: Entry) -> str:
    role = escape(entry.data["role"])
    return f"{by(entry)} confirmed as {role} that customers outside are significantly affected."


def _notice_published(entry: Entry) -> str:
    verb = "published the notice to customers" if entry.data.get("first", True) else "updated the status page"
    return f"{by(entry)} {verb}:\n{quote(entry.text, LINE)}"


def _not_published(entry: Entry) -> str:
    return f"{by(entry)}: not published, because\n{quote(entry.text, LINE)}"


def _checklist(entry: Entry) -> str:
    known, key = CHECKLISTS.get(entry.data["checklist"]), entry.data["item"]
    title = known.title if known else "a checklist"
    item = next((one.text for one in known.items if one.key == key), "") if known else ""
    what = f"ticked off in *{title}*: {item}" if item else f"began the checklist *{title}*"
    return f"{by(entry)} {what}."


def _target(entry: Entry) -> str:
    target = entry.data["target"]
    return place(target) if entry.data["target_kind"] == Target.CHANNEL else person(target)


def _moved(entry: Entry) -> str:
    duplicate = entry.data.get("duplicate")
    return f", as those of INC-{duplicate} before" if duplicate else ""


SENTENCES: Mapping[Kind, Callable[[Entry], str]] = {
    Kind.EXECUTIVE_NOTICE: lambda entry: (
        f"{by(entry)} posted the notice to the executives:\n{quote(entry.text, LINE)}"
    ),
    Kind.EXECUTIVE_UPDATE: lambda entry: f"{by(entry)} told the executives:\n{quote(entry.text, LINE)}",
    Kind.EXECUTIVE_CORRECTED: lambda entry: (
        f"{by(entry)} corrected the notice to the executives:\n{quote(entry.text, LINE)}"
    ),
    Kind.CHECKLIST: _checklist,
    Kind.SUBSCRIBED: lambda entry: f"{by(entry)} has {_target(entry)} get the updates{_moved(entry)}.",
    Kind.UNSUBSCRIBED: lambda entry: f"{by(entry)} has {_target(entry)} get no more updates.",
    Kind.PUBLIC_STATUS: _public_status,
    Kind.NOTICE_DRAFTED: _notice_drafted,
    Kind.IMPACT_CONFIRMED: _impact_confirmed,
    Kind.NOTICE_PUBLISHED: _notice_published,
    Kind.NOT_PUBLISHED: _not_published,
}
