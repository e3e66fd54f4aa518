"""What is said in the timeline of the work: updates, actions, reminders, pins and notes."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.domain.incidents.incident import ReviewState
from bot.domain.timeline.entries import Entry, Kind
from bot.domain.work.held import PLACES, Decision
from bot.views.mrkdwn import (
    actor,
    cut,
    escape,
    from_slack,
    harmless,
    link,
    listed,
    people,
    person,
    quote,
    time_of_day,
    when,
)
from bot.views.timeline.wording import LINE, asked, by, named


def _summary(entry: Entry) -> str:
    parts = ", ".join(entry.data["changed"])
    return f"{by(entry)} wrote the summary ({escape(parts)}):\n{quote(entry.text, LINE)}"


def _update(entry: Entry) -> str:
    return f"{by(entry)} posted an update:\n{quote(entry.text, LINE)}"


def _overdue(entry: Entry) -> str:
    return f"An update was due at {time_of_day(datetime.fromisoformat(entry.data['due']))}."


NUDGES: Mapping[str, str] = {
    "update": "an update is due",
    "unacknowledged": "nobody acknowledged",
    "only_reporter": "only the reporter leads",
    "summary": "the summary is empty",
    "fields": "required fields are missing",
    "monitoring": "in Monitoring for long",
    "still_open": "still open",
}


def _nudged(entry: Entry) -> str:
    whom = f"{person(entry.data['person'])} was" if entry.data["person"] else "The channel was"
    return f"{whom} reminded: {NUDGES[entry.data['nudge']]}."


def _put_off(entry: Entry) -> str:
    about, did, until = NUDGES[entry.data["nudge"]], entry.data["did"], entry.data["until"]
    at = when(datetime.fromisoformat(until)) if until else ""
    if did == "waits":
        return f"The reminder ({about}) waits until {at}: at night, and on weekends, it is quiet."
    return f"{by(entry)} {did} the reminder ({about}){f': it comes {at}' if at else ''}."


def _problem(entry: Entry) -> str:
    what, why, cure = (harmless(entry.data.get(key) or "") for key in ("what", "why", "cure"))
    return f"*{what}.* {why}. {cure}".rstrip()


def _pin(entry: Entry) -> str:
    data = entry.data
    author = actor(entry.by) if entry.by else "Somebody"
    words = f"\n{from_slack(entry.text, LINE)}\n" if entry.text.strip() else " (no text) "
    marks = [word for word in ("edited", "deleted") if data.get(word)]
    if data.get("secret"):
        marks.append(f"masked: it looks like a secret, {escape(data['secret'])}")
    after = [f"_({', '.join(marks)})_"] if marks else []
    if data.get("files"):
        after.append(f"Files: {escape(cut(', '.join(data['files']), LINE))}.")
    if data.get("permalink") and not data.get("deleted"):
        after.append(link(data["permalink"], "Open"))
    stream = f"{of_stream(entry.data['stream'])} " if entry.data.get("stream") else ""
    return f":pushpin: {stream}{author}:{words}{' '.join(after)}".rstrip()


def _over(entry: Entry, did: str, there: str) -> str:
    """Say who ended or reopened it: a person here, or somebody in its tracker."""
    where = entry.data.get("there")
    who = f"{there} {escape(where)}, the follow-up" if where else f"{by(entry)} {did}"
    return f"{who}:\n{quote(entry.text, LINE)}"


def _changed(entry: Entry) -> str:
    before, after = (_value(entry, key) for key in ("before", "after"))
    what = entry.data["what"]
    return f"{by(entry)} changed the follow-up's {what} from {before} to {after}:\n{quote(entry.text, LINE)}"


def _issue_made(entry: Entry) -> str:
    label = f"{entry.data['tracker']} issue"
    return f"{link(entry.data['url'], label)} of the follow-up:\n{quote(entry.text, LINE)}"


def _review_written(entry: Entry) -> str:
    where = link(entry.data["url"], f"{entry.data['tracker']} {entry.data.get('what', 'issue')}")
    return f"Version {entry.data['version']} of the review's document is in its {where}."


def _canvas(entry: Entry) -> str:
    return link(entry.data["url"], "canvas")


def _begun(entry: Entry) -> str:
    whose = f"{person(entry.data['owner'])} owns it" if entry.data["owner"] else "nobody owns it yet"
    if entry.data.get("again"):
        return f"{by(entry)} reopened the review; {whose}."
    return f"The review begins; {whose}."


def _review_ended(entry: Entry) -> str:
    data = entry.data
    left = f" with {data['left']} open {'task' if data['left'] == 1 else 'tasks'}" if data["left"] else ""
    if data["outcome"] == ReviewState.WAIVED:
        return f"{by(entry)} waived the review:\n{quote(entry.text, LINE)}"
    return f"{by(entry)} said that the review is done{left}."


def _review_given(entry: Entry) -> str:
    held = entry.data.get("holder")
    was = f" (before: {person(held)})" if held else ""
    return f"{by(entry)} gave the review to {person(entry.data['person'])}{was}."


def _task_changed(entry: Entry) -> str:
    before, after = (_value(entry, key) for key in ("before", "after"))
    if entry.data["what"] == "owner":
        before, after = (
            person(entry.data[key]) if entry.data[key] else "the review's owner"
            for key in ("before", "after")
        )
    what = entry.data["what"]
    return f"{by(entry)} changed the {what} of the review's task from {before} to {after}:\n{_task(entry)}"


def _task(entry: Entry) -> str:
    return quote(entry.text, LINE)


def _value(entry: Entry, key: str) -> str:
    value = entry.data[key]
    if not value:
        return "nobody" if entry.data["what"] == "owner" else "none"
    return person(value) if entry.data["what"] == "owner" else escape(value)


def of_stream(name: str) -> str:
    return f"[{named(name)}]"


def _stream_opened(entry: Entry) -> str:
    lead, name = entry.data["lead"], named(entry.data["name"])
    led = f", led by {person(lead)}" if lead != entry.by else ""
    what = "opened the stream *{}* again" if entry.data.get("again") else "opened the stream *{}*"
    return f"{by(entry)} {what.format(name)}{led}."


def _stream_lead(entry: Entry) -> str:
    stream, before, after = of_stream(entry.data["name"]), entry.data["before"], entry.data["after"]
    if not after:
        return f"{stream} {person(before)} does not lead the stream any more. Nobody does."
    if after == entry.by:
        whose = f" from {person(before)}" if before else ""
        return f"{stream} {by(entry)} took the lead of the stream{whose}."
    return f"{stream} {by(entry)} handed the lead of the stream to {person(after)}."


_STREAM_ENDED = {
    "incident": "The stream closed with the incident.",
    "channel_archived": "The stream closed: its channel was archived.",
    "channel_deleted": "The stream closed: its channel was deleted.",
}


def _stream_closed(entry: Entry) -> str:
    stream, ended = of_stream(entry.data["name"]), entry.data.get("ended")
    if ended:
        return f"{stream} {_STREAM_ENDED[ended]}"
    note = f" Last note:\n{quote(entry.text, LINE)}" if entry.text else ""
    return f"{stream} {by(entry)} closed the stream.{note}"


def _masked(entry: Entry) -> str:
    where, whom = PLACES[entry.data["place"]], entry.data["people"]
    who = f" {people(whom)} {'is' if len(whom) == 1 else 'are'} asked in private." if whom else ""
    return f"Something in {where} looks like a secret ({escape(entry.data['what'])}), and is masked.{who}"


def _mask_decided(entry: Entry) -> str:
    what = f"what looked like a secret ({escape(entry.data['what'])}) in {PLACES[entry.data['place']]}"
    if entry.data["decision"] == Decision.SHOWN:
        return f"{by(entry)} confirmed {what} as none: it stands as it was written."
    return f"{by(entry)} left masked {what}." if asked(entry) else f"An edit took out {what}."


def _note_changed(entry: Entry) -> str:
    how, was = listed(map(escape, entry.data["how"])), when(datetime.fromisoformat(entry.data["was"]))
    return f"{by(entry)} changed a note ({how}). Before, {was}:\n{quote(entry.text, LINE)}"


_THERE = {"close": "closed", "reopen": "reopened"}


def _issue_touched(entry: Entry) -> str:
    tracker = entry.data.get("tracker") or "GitLab"  # earlier versions wrote none
    who, issue = escape(entry.data["name"]), f"the {tracker} issue #{entry.data['number']}"
    if did := _THERE.get(entry.data["did"]):
        return f"{who} {did} {issue}. The incident stays as it is here."
    labels = escape(", ".join(entry.data["labels"]))
    return f"{who} changed labels of {issue}: {labels}. They follow the incident."


SENTENCES: Mapping[Kind, Callable[[Entry], str]] = {
    Kind.UPDATE: _update,
    Kind.SUMMARY: _summary,
    Kind.ACTION: lambda entry: f"{by(entry)} added an action:\n{quote(entry.text, LINE)}",
    Kind.ACTION_TAKEN: lambda entry: f"{by(entry)} took the action:\n{quote(entry.text, LINE)}",
    Kind.ACTION_RETURNED: lambda entry: f"{by(entry)} cannot take the action:\n{quote(entry.text, LINE)}",
    Kind.ACTION_DONE: lambda entry: _over(entry, "finished the action", "Closed"),
    Kind.ACTION_KEPT: lambda entry: f"{by(entry)} kept the action as a follow-up:\n{quote(entry.text, LINE)}",
    Kind.FOLLOW_UP_CHANGED: _changed,
    Kind.FOLLOW_UP_CANCELLED: lambda entry: _over(entry, "cancelled the follow-up", "Cancelled"),
    Kind.FOLLOW_UP_REOPENED: lambda entry: _over(entry, "reopened the follow-up", "Reopened"),
    Kind.FOLLOW_UP_ISSUE: _issue_made,
    Kind.REVIEW_REQUESTED: lambda entry: f"{by(entry)} asked for a review.",
    Kind.REVIEW_BEGUN: _begun,
    Kind.REVIEW_GIVEN: _review_given,
    Kind.REVIEW_TASK_DONE: lambda entry: f"{by(entry)} did a task of the review:\n{_task(entry)}",
    Kind.REVIEW_TASK_UNDONE: lambda entry: f"{by(entry)} reopened a task of the review:\n{_task(entry)}",
    Kind.REVIEW_TASK_CHANGED: _task_changed,
    Kind.REVIEW_ENDED: _review_ended,
    Kind.UPDATE_OVERDUE: _overdue,
    Kind.NUDGED: _nudged,
    Kind.PUT_OFF: _put_off,
    Kind.ISSUE_TOUCHED: _issue_touched,
    Kind.PROBLEM: _problem,
    Kind.PIN: _pin,
    Kind.STREAM_OPENED: _stream_opened,
    Kind.STREAM_UPDATE: lambda entry: (
        f"{of_stream(entry.data['name'])} {by(entry)} posted an update:\n{quote(entry.text, LINE)}"
    ),
    Kind.STREAM_LEAD: _stream_lead,
    Kind.STREAM_CLOSED: _stream_closed,
    Kind.STREAM_RENAMED: lambda entry: (
        f"{of_stream(entry.data['after'])} {by(entry)} renamed the stream "
        f"(was: {named(entry.data['before'])})."
    ),
    Kind.STREAM_MOVED: lambda entry: (
        f"{of_stream(entry.data['name'])} The stream came from INC-{entry.data['duplicate']}."
    ),
    Kind.MASKED: _masked,
    Kind.MASK_DECIDED: _mask_decided,
    Kind.NOTE_CHANGED: _note_changed,
    Kind.PICTURE_DELETED: lambda entry: (
        f"{by(entry)} deleted the copy of the picture {named(entry.data['name'])}."
    ),
    Kind.REVIEW_SAVED: lambda entry: (
        f"{by(entry)} edited the review's document: version {entry.data['version']}."
    ),
    Kind.REVIEW_COMMENTED: lambda entry: f"{by(entry)} commented on the review's document.",
    Kind.REVIEW_APPROVED: lambda entry: (
        f"{by(entry)} approved the review's document, version {entry.data['version']}."
    ),
    Kind.REVIEW_ISSUE: _review_written,
    Kind.REVIEW_CANVAS: lambda entry: (
        f"Version {entry.data['version']} of the review's document is in its {_canvas(entry)}."
    ),
    Kind.NOTE: lambda entry: f"{by(entry)} noted:\n{quote(entry.text, LINE)}",
}
