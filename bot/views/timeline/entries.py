"""What happened, in one line each: for the incident's channel and for the timeline."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from bot.domain.incidents.incident import Severity, Status
from bot.domain.timeline.entries import Entry, Kind
from bot.views.incidents.fields import shown
from bot.views.maintenance.related import entry as related
from bot.views.mrkdwn import (
    cut,
    escape,
    link,
    listed,
    person,
    place,
    quote,
    quotes,
    when,
)
from bot.views.timeline import alert_entries, communication_entries, paging_entries, work_entries
from bot.views.timeline.wording import LINE, asked, because, by, named, not_paged, roles_of


def sentence(entry: Entry) -> str:
    """Return what happened as one piece of mrkdwn, without the time."""
    return _SENTENCES[entry.kind](entry)


def in_full(entry: Entry, said: str) -> list[str]:
    """Return what is said of an entry with the whole reason or message at its end, in pieces for sections."""
    words = entry.data.get("message") or entry.data.get("reason") or ""
    short = quote(words, LINE)
    if len(words) <= LINE or not said.endswith(short):
        return [said]
    return [said.removesuffix(short).rstrip(), *quotes(words)]


def called(found: Iterable[Entry]) -> frozenset[str]:
    """Return those who learn here alone what they were given, or rid of. Whoever is paged has a message."""
    return frozenset(who for entry in found if (who := _given_to(entry)))


def _given_to(entry: Entry) -> str | None:
    data = entry.data
    match entry.kind:
        case Kind.LEAD if asked(entry) and not data["taken"] and data["before"] != data["after"]:
            return str(data["after"])
        case Kind.ROLE | Kind.ROLE_DECLINED:
            return _told_of_role(entry)
        case Kind.LEFT:
            return data["lead"] or None
        case Kind.TAKEN_OVER:
            return str(data["outgoing"])
        case _:
            return None


def _told_of_role(entry: Entry) -> str | None:
    """Return who is told of a role: whoever asked for it or lost it, else whoever was given it."""
    data, taken = entry.data, entry.by == entry.data["person"]
    lost = data.get("asker") or data.get("holder")
    return lost if lost and lost != entry.by else None if taken else data["person"] or None


def _declared(entry: Entry) -> str:
    what = "reported a problem for triage" if entry.data["triage"] else "declared the incident"
    if entry.data.get("over"):
        return f"{by(entry)} declared the incident, {entry.data['severity']}, which was over already."
    if entry.data.get("near_miss"):
        return f"{by(entry)} noted a near miss, which would have been {entry.data['severity']}."
    return f"{by(entry)} {what}, {entry.data['severity']}."


def _status(entry: Entry) -> str:
    before, after = entry.data["before"], entry.data["after"]
    if into := entry.data.get("into"):
        where = f" in {place(entry.data['channel'])}" if entry.data.get("channel") else ""
        return f"{by(entry)} merged it into *INC-{into}*. Go on there{where}: nobody is paged for this one."
    if entry.data.get("back") is not None:
        what = "the problem is back" if entry.data["back"] else "only to merge or correct; nobody is paged"
        return f"{by(entry)} reopened it (was {before}): *{what}*.{because(entry)}"
    if entry.data.get("undone"):
        return f"{by(entry)} undid it: the status is *{after}* again (was {before})."
    why = because(entry)
    if after == Status.FIXING:
        why = why.replace(" Reason:", " Agreed step:", 1)
    return f"{by(entry)} moved the status from {before} to *{after}*.{why}"


def _duplicate(entry: Entry) -> str:
    counts = {"action": entry.data["moved_actions"], "link": entry.data["moved_links"]}
    came = [f"{count} {what}{'s' * (count > 1)}" for what, count in counts.items() if count]
    which = f"INC-{entry.data['duplicate']} {named(entry.data['name'])}"
    return (
        f"{by(entry)} merged *{which}* into this incident, with {listed(['its people', 'timeline', *came])}."
    )


def _duplicate_reopened(entry: Entry) -> str:
    which = f"INC-{entry.data['duplicate']}"
    return (
        f"{by(entry)} reopened *{which}*, which had been merged into this incident. What came with it stays."
    )


def _severity(entry: Entry) -> str:
    before, after = Severity(entry.data["before"]), Severity(entry.data["after"])
    rid = not_paged(entry.data.get("let_go") or ())
    if entry.data.get("undone"):
        return f"{by(entry)} undid it: the severity is *{after}* again (was {before}).{rid}"
    if entry.data.get("reason"):
        never = f"it was never {before}.{because(entry)}"
        return f"{by(entry)} corrected the severity from {before} to *{after}*:{rid and f'{rid} And'} {never}"
    verb = "raised" if after.worse_than(before) else "lowered"
    return f"{by(entry)} {verb} the severity from {before} to *{after}*."


def _waits(entry: Entry) -> str:
    until = when(datetime.fromisoformat(entry.data["until"]))
    if not entry.data.get("paused"):
        return f"{by(entry)} lets it wait until {until}."
    words = f" It waits for:\n{quote(entry.text, LINE)}" if entry.text else ""
    return f"{by(entry)} paused it until {until}.{words}"


def _renamed(entry: Entry) -> str:
    before, after = named(entry.data["before"]), named(entry.data["after"])
    if entry.data.get("undone"):
        return f"{by(entry)} undid it: the incident is called *{after}* again (was: {before})."
    return f"{by(entry)} renamed the incident to *{after}* (was: {before})."


def _private(entry: Entry) -> str:
    why = f" Reason: {escape(cut(entry.text, 300))}" if entry.text else ""
    return f"{by(entry)} made the incident private: only people in this channel know of it.{why}"


def _maintenance(entry: Entry) -> str:
    data = entry.data
    said = related(data["name"], data["maintenance"], data["owner"], is_related=data["related"])
    return f"{by(entry)} says that {said}"


def _field(entry: Entry) -> str:
    before, after = (shown(entry.data["type"], entry.data[key]) or "empty" for key in ("before", "after"))
    if entry.data.get("undone"):
        return f"{by(entry)} undid it: {named(entry.data['name'])} is *{after}* again (was: {before})."
    return f"{by(entry)} set {named(entry.data['name'])} to *{after}* (was: {before})."


def _time(entry: Entry) -> str:
    before, after = (
        when(datetime.fromisoformat(at)) if (at := entry.data[key]) else "not set"
        for key in ("before", "after")
    )
    if not entry.data["after"]:
        return f"{by(entry)} has {named(entry.data['name'])} set by itself again (was: {before})."
    return f"{by(entry)} set {named(entry.data['name'])} to *{after}* (was: {before})."


def _lead(entry: Entry) -> str:
    if entry.data.get("undone"):
        return _lead_undone(entry)
    before, after = person(entry.data["before"]), person(entry.data["after"])
    if before == after:
        return f"{after} confirmed the lead: it stays with them whoever acknowledges."
    if not entry.data["before"]:
        return f"{after} leads now."
    if entry.data["taken"]:
        return f"{after} took the lead from {before}."
    if asked(entry):
        return f"{by(entry)} handed the lead to {after}."
    return f"{after} leads now; before, it was {before}."


def _lead_undone(entry: Entry) -> str:
    before, after = entry.data["before"], entry.data["after"]
    if before == after:
        return f"{by(entry)} undid it: the lead is not confirmed any more."
    return f"{by(entry)} undid it: {person(after) if after else 'nobody'} leads again."


def _role(entry: Entry) -> str:
    if entry.data.get("undone"):
        who = person(entry.data["person"]) if entry.data["person"] else "nobody"
        return f"{by(entry)} undid it: {who} is {escape(entry.data['role'])} again."
    before = entry.data.get("holder")  # an entry of an earlier version has none
    if entry.by == entry.data["person"]:
        return f"{by(entry)} took {escape(entry.data['role'])}{f' from {person(before)}' if before else ''}."
    made = f"{by(entry)} made {person(entry.data['person'])} {escape(entry.data['role'])}"
    if before == entry.by:
        return f"{made} in their own place."
    return f"{made}{f' instead of {person(before)}' if before else ''}."


def _taken_over(entry: Entry) -> str:
    lead = ", and the lead" if entry.data["lead"] else ""
    return f"{by(entry)} took over {escape(entry.data['role'])} from {person(entry.data['outgoing'])}{lead}."


def _left(entry: Entry) -> str:
    data, who = entry.data, person(entry.data["person"])
    where = "in this channel" if data.get("removed") else "a member of this workspace"
    said = [f"*{who} is not {where} any more.*"]
    if data["lead"] is None:
        said.append("Nobody leads in their place yet: `/inc lead me` takes the lead.")
    elif data["lead"]:
        said.append(f"{person(data['lead'])} leads now; `/inc lead` hands it on.")
    if data["roles"]:
        held = listed(escape(role) for role in data["roles"])
        said.append(f"They were {held}: `/inc role` names somebody else.")
    if data["actions"]:
        titles = "; ".join(named(title) for title in data["actions"])
        said.append(f"Who takes over? {titles}.")
    return " ".join(said)


def _stepped_back(entry: Entry) -> str:
    said = [f"*{by(entry)} stepped back.*"]
    if entry.data["roles"]:
        said.append(f"They were {roles_of(entry)}: `/inc role` names somebody else.")
    if entry.data["actions"]:
        titles = "; ".join(named(title) for title in entry.data["actions"])
        said.append(f"Who takes over? {titles}.")
    return " ".join(said)


def _restored(entry: Entry) -> str:
    of = when(datetime.fromisoformat(entry.data["of"]))
    return (
        f"*I was restored from a backup of {of}.* What I noted since then (timeline, roles, actions) is "
        "lost; what was written here is not. Please check status, severity and lead, and who is paged."
    )


def _channel_renamed(entry: Entry) -> str:
    before, after = (escape(entry.data[key] or "?") for key in ("before", "after"))
    return f"The channel was renamed from `#{before}` to `#{after}`."


_SENTENCES: Mapping[Kind, Callable[[Entry], str]] = {
    **paging_entries.SENTENCES,
    **communication_entries.SENTENCES,
    **work_entries.SENTENCES,
    Kind.DECLARED: _declared,
    Kind.NEAR_MISS: lambda entry: (
        f"{by(entry)} noted it as a *near miss*: nobody is paged, nothing is blocked.{because(entry)}"
    ),
    Kind.TOOK_PART: lambda entry: f"{by(entry)} had {person(entry.data['person'])} take part.",
    Kind.REAL: lambda entry: f"{by(entry)} said that it is an *incident*, no near miss.{because(entry)}",
    Kind.ACCEPTED: lambda entry: f"{by(entry)} accepted it: this is an incident.",
    Kind.DECLINED: lambda entry: (
        f"{by(entry)} declined it: this is no incident. Nobody is paged.{because(entry)}"
    ),
    Kind.STATUS: _status,
    Kind.DUPLICATE: _duplicate,
    Kind.DUPLICATE_REOPENED: _duplicate_reopened,
    Kind.SEVERITY: _severity,
    Kind.IM_ASKED: lambda entry: f"{by(entry)} asked for another IM.",
    Kind.VERIFIED: lambda entry: f"{by(entry)} verified that it is *S1*.",
    Kind.WAITS: _waits,
    Kind.GOES_ON: lambda entry: f"{by(entry)} ended the wait: work on it goes on.",
    Kind.RENAMED: _renamed,
    Kind.PRIVATE: _private,
    Kind.ACCESS: lambda entry: (
        f"{by(entry)} {'let' if entry.data['granted'] else 'did not let'} {person(entry.data['person'])} in."
    ),
    Kind.FIELD: _field,
    Kind.TIME: _time,
    Kind.ALERT: alert_entries.joined,
    Kind.ALERT_ENDED: alert_entries.ended,
    Kind.ALERT_DETACHED: alert_entries.detached,
    Kind.ALERT_SHELVED: alert_entries.shelved,
    Kind.FALSE_ALARM: alert_entries.false_alarm,
    Kind.LINK: lambda entry: f"{by(entry)} added the link {link(entry.data['url'], entry.data['name'])}.",
    Kind.MAINTENANCE: _maintenance,
    Kind.LINK_REMOVED: lambda entry: f"{by(entry)} removed the link {named(entry.data['name'])}.",
    Kind.LEAD: _lead,
    Kind.ROLE: _role,
    Kind.ROLE_ASKED: lambda entry: (
        f"{by(entry)} asked {person(entry.data['person'])} to take {escape(entry.data['role'])}."
    ),
    Kind.ROLE_DECLINED: lambda entry: (
        f"{by(entry)} cannot take {escape(entry.data['role'])}; {person(entry.data['asker'])} had asked."
    ),
    Kind.TAKEN_OVER: _taken_over,
    Kind.LEFT: _left,
    Kind.STEPPED_BACK: _stepped_back,
    Kind.RESTORED: _restored,
    Kind.CHANNEL_RENAMED: _channel_renamed,
    Kind.CHANNEL_ENDS: lambda entry: f"It stayed {entry.data['status']}: its channel is archived.",
}
