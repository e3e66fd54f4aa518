"""What happened, in one line each: for the incident's channel and for the timeline."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bot.domain.actors import BOT
from bot.domain.incidents.checklists import CHECKLISTS
from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.subscriptions import Target
from bot.domain.paging.escalations import Cause, Reason
from bot.domain.paging.reports import Outcome
from bot.domain.timeline.entries import Entry, Kind
from bot.domain.work.held import PLACES, Decision
from bot.views.incidents.fields import shown
from bot.views.maintenance.related import entry as related
from bot.views.mrkdwn import (
    actor,
    capital,
    cut,
    escape,
    from_slack,
    harmless,
    lasting,
    link,
    listed,
    people,
    person,
    place,
    quote,
    quotes,
    time_of_day,
    when,
)
from bot.views.naming import by_hand, in_role
from bot.views.timeline import alert_entries

_LINE = 600


def sentence(entry: Entry) -> str:
    """Return what happened as one piece of mrkdwn, without the time."""
    return _SENTENCES[entry.kind](entry)


def in_full(entry: Entry, said: str) -> list[str]:
    """Return what is said of an entry with the whole reason or message at its end, in pieces for sections."""
    words = entry.data.get("message") or entry.data.get("reason") or ""
    short = quote(words, _LINE)
    if len(words) <= _LINE or not said.endswith(short):
        return [said]
    return [said.removesuffix(short).rstrip(), *quotes(words)]


def called(found: Iterable[Entry]) -> frozenset[str]:
    """Return those who learn here alone what they were given, or rid of. Whoever is paged has a message."""
    return frozenset(who for entry in found if (who := _given_to(entry)))


def _given_to(entry: Entry) -> str | None:
    data = entry.data
    match entry.kind:
        case Kind.LEAD if _asked(entry) and not data["taken"] and data["before"] != data["after"]:
            return str(data["after"])
        case Kind.ROLE if entry.by != data["person"]:
            return data["person"] or None
        case Kind.LEFT:
            return data["lead"] or None
        case Kind.TAKEN_OVER:
            return str(data["outgoing"])
        case _:
            return None


def _by(entry: Entry) -> str:
    return capital(actor(entry.by or BOT))


def _asked(entry: Entry) -> bool:
    """Say whether somebody did it, not the bot by a rule."""
    return entry.by not in {None, BOT}


def _declared(entry: Entry) -> str:
    what = "reported a problem for triage" if entry.data["triage"] else "declared the incident"
    if entry.data.get("over"):
        return f"{_by(entry)} declared the incident, {entry.data['severity']}, which was over already."
    if entry.data.get("near_miss"):
        return f"{_by(entry)} noted a near miss, which would have been {entry.data['severity']}."
    return f"{_by(entry)} {what}, {entry.data['severity']}."


def _status(entry: Entry) -> str:
    before, after = entry.data["before"], entry.data["after"]
    if into := entry.data.get("into"):
        where = f" in {place(entry.data['channel'])}" if entry.data.get("channel") else ""
        return f"{_by(entry)} merged it into *INC-{into}*. Go on there{where}: nobody is paged for this one."
    if entry.data.get("back") is not None:
        what = "the problem is back" if entry.data["back"] else "only to merge or correct; nobody is paged"
        return f"{_by(entry)} reopened it (was {before}): *{what}*.{_because(entry)}"
    if entry.data.get("undone"):
        return f"{_by(entry)} undid it: the status is *{after}* again (was {before})."
    why = _because(entry)
    if after == Status.FIXING:
        why = why.replace(" Reason:", " Agreed step:", 1)
    return f"{_by(entry)} moved the status from {before} to *{after}*.{why}"


def _because(entry: Entry) -> str:
    return f" Reason:\n{quote(entry.data['reason'], _LINE)}" if entry.data.get("reason") else ""


def _duplicate(entry: Entry) -> str:
    counts = {"action": entry.data["moved_actions"], "link": entry.data["moved_links"]}
    came = [f"{count} {what}{'s' * (count > 1)}" for what, count in counts.items() if count]
    which = f"INC-{entry.data['duplicate']} {_name(entry.data['name'])}"
    return (
        f"{_by(entry)} merged *{which}* into this incident, with {listed(['its people', 'timeline', *came])}."
    )


def _duplicate_reopened(entry: Entry) -> str:
    which = f"INC-{entry.data['duplicate']}"
    return (
        f"{_by(entry)} reopened *{which}*, which had been merged into this incident. What came with it stays."
    )


def _severity(entry: Entry) -> str:
    before, after = Severity(entry.data["before"]), Severity(entry.data["after"])
    if entry.data.get("undone"):
        not_paged = entry.data.get("let_go") or ()
        are = "are" if len(not_paged) > 1 else "is"
        rid = f" {people(not_paged)} {are} not paged for it any more." if not_paged else ""
        return f"{_by(entry)} undid it: the severity is *{after}* again (was {before}).{rid}"
    if entry.data.get("reason"):
        never = f"it was never {before}.{_because(entry)}"
        return f"{_by(entry)} corrected the severity from {before} to *{after}*: {never}"
    verb = "raised" if after.worse_than(before) else "lowered"
    return f"{_by(entry)} {verb} the severity from {before} to *{after}*."


def _waits(entry: Entry) -> str:
    until = when(datetime.fromisoformat(entry.data["until"]))
    if not entry.data.get("paused"):
        return f"{_by(entry)} lets it wait until {until}."
    words = f" It waits for:\n{quote(entry.text, _LINE)}" if entry.text else ""
    return f"{_by(entry)} paused it until {until}.{words}"


def _renamed(entry: Entry) -> str:
    before, after = _name(entry.data["before"]), _name(entry.data["after"])
    if entry.data.get("undone"):
        return f"{_by(entry)} undid it: the incident is called *{after}* again (was: {before})."
    return f"{_by(entry)} renamed the incident to *{after}* (was: {before})."


def _private(entry: Entry) -> str:
    why = f" Reason: {escape(cut(entry.text, 300))}" if entry.text else ""
    return f"{_by(entry)} made the incident private: only people in this channel know of it.{why}"


def _maintenance(entry: Entry) -> str:
    data = entry.data
    said = related(data["name"], data["maintenance"], data["owner"], is_related=data["related"])
    return f"{_by(entry)} says that {said}"


def _field(entry: Entry) -> str:
    before, after = (shown(entry.data["type"], entry.data[key]) or "empty" for key in ("before", "after"))
    if entry.data.get("undone"):
        return f"{_by(entry)} undid it: {_name(entry.data['name'])} is *{after}* again (was: {before})."
    return f"{_by(entry)} set {_name(entry.data['name'])} to *{after}* (was: {before})."


def _time(entry: Entry) -> str:
    before, after = (
        when(datetime.fromisoformat(at)) if (at := entry.data[key]) else "not set"
        for key in ("before", "after")
    )
    if not entry.data["after"]:
        return f"{_by(entry)} has {_name(entry.data['name'])} set by itself again (was: {before})."
    return f"{_by(entry)} set {_name(entry.data['name'])} to *{after}* (was: {before})."


def _public_status(entry: Entry) -> str:
    before, after = (escape(entry.data[key]) for key in ("before", "after"))
    return f"{_by(entry)} changed the public status from {before} to *{after}*."


def _notice_drafted(entry: Entry) -> str:
    return f"{_by(entry)} drafted the notice to customers:\n{quote(entry.text, _LINE)}"


def _impact_confirmed(entry: Entry) -> str:
    role = escape(entry.data["role"])
    return f"{_by(entry)} confirmed as {role} that customers outside are significantly affected."


def _notice_published(entry: Entry) -> str:
    verb = "published the notice to customers" if entry.data.get("first", True) else "updated the status page"
    return f"{_by(entry)} {verb}:\n{quote(entry.text, _LINE)}"


def _not_published(entry: Entry) -> str:
    return f"{_by(entry)}: not published, because\n{quote(entry.text, _LINE)}"


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
    if _asked(entry):
        return f"{_by(entry)} handed the lead to {after}."
    return f"{after} leads now; before, it was {before}."


def _lead_undone(entry: Entry) -> str:
    before, after = entry.data["before"], entry.data["after"]
    if before == after:
        return f"{_by(entry)} undid it: the lead is not confirmed any more."
    return f"{_by(entry)} undid it: {person(after) if after else 'nobody'} leads again."


def _role(entry: Entry) -> str:
    if entry.data.get("undone"):
        who = person(entry.data["person"]) if entry.data["person"] else "nobody"
        return f"{_by(entry)} undid it: {who} is {escape(entry.data['role'])} again."
    if entry.by == entry.data["person"]:
        return f"{_by(entry)} took {escape(entry.data['role'])}."
    return f"{_by(entry)} made {person(entry.data['person'])} {escape(entry.data['role'])}."


def _taken_over(entry: Entry) -> str:
    lead = ", and the lead" if entry.data["lead"] else ""
    return f"{_by(entry)} took over {escape(entry.data['role'])} from {person(entry.data['outgoing'])}{lead}."


def _paged(entry: Entry) -> str:
    called = f"{_are(entry)} paged as {_as(entry)}{_each(entry)}"
    asker = capital(actor(entry.data.get("asked_by") or BOT))
    match entry.data.get("reason"):
        case Reason.ASKED:
            said = f":\n{quote(entry.data['message'], _LINE)}" if entry.data.get("message") else "."
            return f"{called}. {asker} asked{said}"
        case reason:
            return f"{called}{_BECAUSE.get(reason or '', '')}."


def _are(entry: Entry) -> str:
    called = entry.data["people"]
    return f"{people(called)} {'are' if len(called) > 1 else 'is'}"


def _each(entry: Entry) -> str:
    """Say that an answer of each is wanted, where it is."""
    return ", each of them has to answer" if entry.data["needs_all"] and entry.data["people"][1:] else ""


_BECAUSE: Mapping[str, str] = {
    Reason.SEVERITY: ": the severity was raised",
    Reason.REOPENED: ": the problem is back",
    Reason.LEFT: ": whoever had answered left the workspace",
    Reason.INVESTIGATING: ": the investigation is taking long",
    Reason.TRIAGE: ": nobody has decided whether this is an incident",
    Reason.VERIFIED: ": S1 is verified",
    Reason.PUBLIC_STATUS: ": by the public status, the Incident Manager must be engaged",
    Reason.CUSTOMERS: ": customers are affected",
    Reason.SILENT: ": whoever had answered has shown no activity since",
    Reason.MERGED: ": the duplicate was calling for them",
}


def _skipped(entry: Entry) -> str:
    if why := entry.data.get("why"):
        return f"{escape(entry.data['team'])}: not paged, {escape(why)}. The next level is paged at once."
    return f"Nobody is on call for {escape(entry.data['team'])}, so the next level is paged at once."


def _acknowledged(entry: Entry) -> str:
    waited = lasting(timedelta(seconds=entry.data["seconds"]))
    own = [escape(one["role"]) for one in entry.data.get("also", ())]
    role, instead = escape(entry.data["role"]), entry.data.get("instead_of")
    if instead:
        as_whom = f"{role} instead of {person(instead)}{f', and as {listed(own)}' if own else ''}"
    else:
        as_whom = listed([role, *own])
    wanted = entry.data.get("wanted") or entry.data["role"]
    stands_in = wanted not in {entry.data["role"], *(one["role"] for one in entry.data.get("also", ()))}
    whose = f", for {escape(wanted)}" if stands_in else ""
    missing = entry.data.get("missing")
    too = f" {people(missing)} {'have' if missing[1:] else 'has'} to answer too." if missing else ""
    return f"*{person(entry.data['person'])} acknowledged* as {as_whom}{whose}, after {waited}.{too}"


_LATE = {
    Cause.NOT_RUNNING: "I was not running",
    Cause.NO_DATABASE: "my database could not be used",
    Cause.HELD_UP: "I was held up",
}


def _escalated(entry: Entry) -> str:
    called = f"{people(entry.data['people'])}, {_as(entry)},"
    paged = f"{called} {'are' if entry.data['people'][1:] else 'is'} paged"
    late = entry.data.get("late")
    cause = _LATE[Cause(entry.data.get("because") or Cause.NOT_RUNNING)]
    after = f" This comes {lasting(timedelta(seconds=late))} late: {cause}." if late else ""
    if passed_over := entry.data.get("missed"):
        teams = listed(escape(team) for team in passed_over)
        after += f" Meanwhile the time of {teams} ran out too; it begins again now."
    again = entry.data["round"] > 1
    if _asked(entry):
        now = "again" if again else "now"
        return f"{_by(entry)} escalated{_for(entry)} without waiting: *{paged} {now}{_each(entry)}.*{after}"
    if again:
        if entry.data.get("quiet"):
            return f"Still no answer to the {_page(entry)}. Paging {called} again{_each(entry)}.{after}"
        return f"*Nobody has answered{_for(entry)} yet.* Paging {called} again{_each(entry)}.{after}"
    silent = entry.data.get("silent")
    if silent and entry.data.get("gone"):
        gone = f"*{people(silent)} left the workspace while the {_page(entry)} waited.*"
        return f"{gone} {paged} now{_each(entry)}.{after}"
    if silent and not (entry.data.get("removed") or entry.data.get("reached", True)):
        return f"*The {_page(entry)} did not reach {people(silent)}.* {paged} now{_each(entry)}.{after}"
    what = "is not in this channel any more, to answer" if entry.data.get("removed") else "did not answer"
    who = f"{people(silent)} {what}" if silent else "Nobody was on call to answer"
    return f"*{who}{_for(entry)}.* {paged} now{_each(entry)}.{after}"


def _cannot_take(entry: Entry) -> str:
    rest = ""
    if entry.data.get("alone"):
        rest = " Nobody comes after them, so the page stays open: `/inc escalate` pages somebody else."
    return (
        f"*{person(entry.data['person'])} cannot take the page for {escape(entry.data['role'])}.*{rest}"
        f"{_because(entry)}"
    )


def _offered(entry: Entry) -> str:
    words = f"\n{quote(entry.text, _LINE)}" if entry.text else ""
    whom = person(entry.data["person"])
    return f"{_by(entry)} offered the page for {escape(entry.data['role'])} to {whom}.{words}"


def _held(entry: Entry) -> str:
    holder, wanted = person(entry.data["person"]), escape(entry.data["wanted"])
    silent = entry.data.get("silent")
    before = f"*{people(silent)} did not answer the page for {wanted}.* " if silent else ""
    if _asked(entry):
        before = f"*{_by(entry)} escalated the page for {wanted} without waiting.* "
    rests = "Nobody else is called by itself." if silent else f"The page for {wanted} calls nobody else."
    return f"{before}{holder} is at work on the incident and holds it. {rests}"


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
        titles = "; ".join(_name(title) for title in data["actions"])
        said.append(f"Who takes over? {titles}.")
    return " ".join(said)


def _stepped_back(entry: Entry) -> str:
    said = [f"*{_by(entry)} stepped back.*"]
    if entry.data["roles"]:
        said.append(f"They were {_roles(entry)}: `/inc role` names somebody else.")
    if entry.data["actions"]:
        titles = "; ".join(_name(title) for title in entry.data["actions"])
        said.append(f"Who takes over? {titles}.")
    return " ".join(said)


def _for(entry: Entry) -> str:
    """Say which page it was: several may be on their way for one incident."""
    return f" the {_page(entry)}" if entry.data.get("path") else ""


def _page(entry: Entry) -> str:
    path = entry.data.get("path")
    return f"page for {in_role(entry.data.get('wanted') or path, path)}" if path else "page"


def _nobody(entry: Entry) -> str:
    return (
        f"*Nobody is on call for {escape(entry.data['team'])}, at no level.* "
        f"{by_hand(entry.data.get('call', ()))} I try again at every deadline."
    )


def _unreached(entry: Entry) -> str:
    called = entry.data.get("person")
    whom = person(called) if called else "anybody"
    what = f"*The {_page(entry)} may not have reached {whom}*: {escape(entry.data['why'])}."
    return f"{what} {by_hand(entry.data.get('call', ()))}"


def _undelivered(entry: Entry) -> str:
    called = entry.data.get("person")
    who = person(called) if called else "anybody"
    return f"The page could not reach {who} ({escape(entry.data['why'])})."


def _notified(entry: Entry) -> str:
    return f"{person(entry.data['person'])} was also paged by {escape(entry.data['contact_method'])}."


_UNANSWERED = {
    Outcome.COMPLETED: "no key was pressed",
    Outcome.BUSY: "the line was busy",
    Outcome.NO_ANSWER: "nobody took the call",
    Outcome.MACHINE: "a mailbox took the call",
    Outcome.UNDELIVERED: "it was not delivered",
}


def _unanswered(entry: Entry) -> str:
    why = _UNANSWERED.get(entry.data["outcome"], "it failed")
    method = escape(entry.data["contact_method"])
    return f"{person(entry.data['person'])} did not answer by {method}: {why}."


def _summary(entry: Entry) -> str:
    parts = ", ".join(entry.data["changed"])
    return f"{_by(entry)} wrote the summary ({escape(parts)}):\n{quote(entry.text, _LINE)}"


def _update(entry: Entry) -> str:
    return f"{_by(entry)} posted an update:\n{quote(entry.text, _LINE)}"


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
    return f"{_by(entry)} {did} the reminder ({about}){f': it comes {at}' if at else ''}."


def _restored(entry: Entry) -> str:
    of = when(datetime.fromisoformat(entry.data["of"]))
    return (
        f"*I was restored from a backup of {of}.* What I noted since then (timeline, roles, actions) is "
        "lost; what was written here is not. Please check status, severity and lead, and who is paged."
    )


def _channel_renamed(entry: Entry) -> str:
    before, after = (escape(entry.data[key] or "?") for key in ("before", "after"))
    return f"The channel was renamed from `#{before}` to `#{after}`."


def _problem(entry: Entry) -> str:
    what, why, cure = (harmless(entry.data.get(key) or "") for key in ("what", "why", "cure"))
    return f"*{what}.* {why}. {cure}".rstrip()


def _pin(entry: Entry) -> str:
    data = entry.data
    author = actor(entry.by) if entry.by else "Somebody"
    words = f"\n{from_slack(entry.text, _LINE)}\n" if entry.text.strip() else " (no text) "
    marks = [word for word in ("edited", "deleted") if data.get(word)]
    if data.get("secret"):
        marks.append(f"masked: it looks like a secret, {escape(data['secret'])}")
    after = [f"_({', '.join(marks)})_"] if marks else []
    if data.get("files"):
        after.append(f"Files: {escape(cut(', '.join(data['files']), _LINE))}.")
    if data.get("permalink") and not data.get("deleted"):
        after.append(link(data["permalink"], "Open"))
    return f":pushpin: {author}:{words}{' '.join(after)}".rstrip()


def _masked(entry: Entry) -> str:
    where, asked = PLACES[entry.data["place"]], entry.data["people"]
    who = f" {people(asked)} {'is' if len(asked) == 1 else 'are'} asked in private." if asked else ""
    return f"Something in {where} looks like a secret ({escape(entry.data['what'])}), and is masked.{who}"


def _mask_decided(entry: Entry) -> str:
    what = f"what looked like a secret ({escape(entry.data['what'])}) in {PLACES[entry.data['place']]}"
    if entry.data["decision"] == Decision.SHOWN:
        return f"{_by(entry)} confirmed {what} as none: it stands as it was written."
    return f"{_by(entry)} left masked {what}." if _asked(entry) else f"An edit took out {what}."


def _note_changed(entry: Entry) -> str:
    how, was = listed(map(escape, entry.data["how"])), when(datetime.fromisoformat(entry.data["was"]))
    return f"{_by(entry)} changed a note ({how}). Before, {was}:\n{quote(entry.text, _LINE)}"


def _checklist(entry: Entry) -> str:
    known, key = CHECKLISTS.get(entry.data["checklist"]), entry.data["item"]
    title = known.title if known else "a checklist"
    item = next((one.text for one in known.items if one.key == key), "") if known else ""
    what = f"ticked off in *{title}*: {item}" if item else f"began the checklist *{title}*"
    return f"{_by(entry)} {what}."


def _target(entry: Entry) -> str:
    target = entry.data["target"]
    return place(target) if entry.data["target_kind"] == Target.CHANNEL else person(target)


def _moved(entry: Entry) -> str:
    duplicate = entry.data.get("duplicate")
    return f", as those of INC-{duplicate} before" if duplicate else ""


def _roles(entry: Entry) -> str:
    return listed(escape(role) for role in entry.data["roles"])


def _name(name: str) -> str:
    return escape(cut(name, 200))


def _as(entry: Entry) -> str:
    return in_role(entry.data["role"], entry.data["team"])


_SENTENCES: Mapping[Kind, Callable[[Entry], str]] = {
    Kind.DECLARED: _declared,
    Kind.NEAR_MISS: lambda entry: (
        f"{_by(entry)} noted it as a *near miss*: nobody is paged, nothing is blocked.{_because(entry)}"
    ),
    Kind.TOOK_PART: lambda entry: f"{_by(entry)} had {person(entry.data['person'])} take part.",
    Kind.REAL: lambda entry: f"{_by(entry)} said that it is an *incident*, no near miss.{_because(entry)}",
    Kind.ACCEPTED: lambda entry: f"{_by(entry)} accepted it: this is an incident.",
    Kind.DECLINED: lambda entry: (
        f"{_by(entry)} declined it: this is no incident. Nobody is paged.{_because(entry)}"
    ),
    Kind.STATUS: _status,
    Kind.DUPLICATE: _duplicate,
    Kind.DUPLICATE_REOPENED: _duplicate_reopened,
    Kind.SEVERITY: _severity,
    Kind.IM_ASKED: lambda entry: f"{_by(entry)} asked for another IM.",
    Kind.VERIFIED: lambda entry: f"{_by(entry)} verified that it is *S1*.",
    Kind.WAITS: _waits,
    Kind.GOES_ON: lambda entry: f"{_by(entry)} ended the wait: work on it goes on.",
    Kind.RENAMED: _renamed,
    Kind.PRIVATE: _private,
    Kind.ACCESS: lambda entry: (
        f"{_by(entry)} {'let' if entry.data['granted'] else 'did not let'} {person(entry.data['person'])} in."
    ),
    Kind.EXECUTIVE_NOTICE: lambda entry: (
        f"{_by(entry)} posted the notice to the executives:\n{quote(entry.text, _LINE)}"
    ),
    Kind.EXECUTIVE_UPDATE: lambda entry: f"{_by(entry)} told the executives:\n{quote(entry.text, _LINE)}",
    Kind.CHECKLIST: _checklist,
    Kind.SUBSCRIBED: lambda entry: f"{_by(entry)} has {_target(entry)} get the updates{_moved(entry)}.",
    Kind.UNSUBSCRIBED: lambda entry: f"{_by(entry)} has {_target(entry)} get no more updates.",
    Kind.FIELD: _field,
    Kind.TIME: _time,
    Kind.ALERT: alert_entries.joined,
    Kind.ALERT_ENDED: alert_entries.ended,
    Kind.LINK: lambda entry: f"{_by(entry)} added the link {link(entry.data['url'], entry.data['name'])}.",
    Kind.MAINTENANCE: _maintenance,
    Kind.LINK_REMOVED: lambda entry: f"{_by(entry)} removed the link {_name(entry.data['name'])}.",
    Kind.PUBLIC_STATUS: _public_status,
    Kind.NOTICE_DRAFTED: _notice_drafted,
    Kind.IMPACT_CONFIRMED: _impact_confirmed,
    Kind.NOTICE_PUBLISHED: _notice_published,
    Kind.NOT_PUBLISHED: _not_published,
    Kind.LEAD: _lead,
    Kind.ROLE: _role,
    Kind.TAKEN_OVER: _taken_over,
    Kind.PAGED: _paged,
    Kind.SKIPPED: _skipped,
    Kind.ACKNOWLEDGED: _acknowledged,
    Kind.ESCALATED: _escalated,
    Kind.ON_MY_WAY: lambda entry: (
        f"{person(entry.data['person'])} ({escape(entry.data['role'])}) is on the way, "
        f"there by {time_of_day(datetime.fromisoformat(entry.data['until']))}."
    ),
    Kind.CANNOT_TAKE: _cannot_take,
    Kind.PAGE_STOPPED: lambda entry: (
        f"{_by(entry)} does not need {person(entry.data['person'])} any more: the page is cancelled."
    ),
    Kind.OFFERED: _offered,
    Kind.OFFER_DECLINED: lambda entry: (
        f"{_by(entry)} declined the page for {escape(entry.data['role'])}: it stays with "
        f"{person(entry.data['person'])}."
    ),
    Kind.HELD: _held,
    Kind.LEFT: _left,
    Kind.NOBODY: _nobody,
    Kind.UNREACHED: _unreached,
    Kind.UNDELIVERED: _undelivered,
    Kind.NOTIFIED: _notified,
    Kind.UNANSWERED: _unanswered,
    Kind.STILL_INVESTIGATING: lambda entry: (
        f"Investigating for over {entry.data['minutes']} min: the Incident Manager is called in."
    ),
    Kind.SILENCE_ASKED: lambda entry: (
        f"No sign of {person(entry.data['person'])} ({_roles(entry)}) for {entry.data['minutes']} min: "
        "they were asked if they are still on it."
    ),
    Kind.SILENT: lambda entry: (
        f"No sign of {person(entry.data['person'])} for {entry.data['minutes']} min, though asked: "
        f"{_roles(entry)} {'are' if entry.data['roles'][1:] else 'is'} paged again."
    ),
    Kind.UPDATE: _update,
    Kind.SUMMARY: _summary,
    Kind.ACTION: lambda entry: f"{_by(entry)} added an action:\n{quote(entry.text, _LINE)}",
    Kind.ACTION_TAKEN: lambda entry: f"{_by(entry)} took the action:\n{quote(entry.text, _LINE)}",
    Kind.ACTION_RETURNED: lambda entry: f"{_by(entry)} cannot take the action:\n{quote(entry.text, _LINE)}",
    Kind.ACTION_DONE: lambda entry: f"{_by(entry)} finished the action:\n{quote(entry.text, _LINE)}",
    Kind.UPDATE_OVERDUE: _overdue,
    Kind.NUDGED: _nudged,
    Kind.STEPPED_BACK: _stepped_back,
    Kind.PUT_OFF: _put_off,
    Kind.RESTORED: _restored,
    Kind.CHANNEL_RENAMED: _channel_renamed,
    Kind.PROBLEM: _problem,
    Kind.PIN: _pin,
    Kind.CHANNEL_ENDS: lambda entry: f"It stayed {entry.data['status']}: its channel is archived.",
    Kind.MASKED: _masked,
    Kind.MASK_DECIDED: _mask_decided,
    Kind.NOTE_CHANGED: _note_changed,
    Kind.NOTE: lambda entry: f"{_by(entry)} noted:\n{quote(entry.text, _LINE)}",
}
