"""Follow-ups: the list with its buttons, what is answered, and what owners are told."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.domain.incidents.incident import Incident
from bot.domain.work.follow_ups import FollowUp, TrackedIssue, warning
from bot.domain.work.issue_links import reference
from bot.views.blocks import Block, Message, actions, button, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import cut, escape, link, person
from bot.views.naming import title, way_in
from bot.views.work.follow_up_form import warned_of

ADD, KEEP_ALL, LIST = "follow_up_add", "follow_up_keep_all", "panel_follow_ups"
DONE, EDIT, CANCEL, REOPEN = "follow_up_done", "follow_up_edit", "follow_up_cancel", "follow_up_reopen"
PREVIOUS, NEXT = "follow_up_previous", "follow_up_next"
OFFERED = "follow_up_offered"

PER_PAGE = 8
LISTED_TITLE, SHOWN_TITLE = 150, 300


def added(one: FollowUp, *, linked: bool = False) -> Message:
    """Confirm it to whoever added it, with the handbook's warning where its title begins badly."""
    action, found = one.action, warning(one.action.title)
    owner = f"for {person(action.assignee)}" if action.assignee else "for nobody yet"
    due = f", due {_day(action.due)}" if action.due else ""
    text = f"Added {owner}{due}: {escape(cut(action.title, SHOWN_TITLE))}"
    if linked:
        text += "\nIts state follows the issue where I may read that."
    if found and not linked:
        text += f"\n{warned_of(action.title, found)}".replace(", or send it as it is", " if you like")
    row = actions(button("Change", EDIT, f"{action.id}:"), _cancel(one, ""))
    return message(text, section(text), row)


def kept(found: Sequence[FollowUp]) -> Message:
    count = "It is a follow-up" if len(found) == 1 else f"{len(found)} actions are follow-ups"
    lines = [f"{count} now:", *(_line(one, None) for one in found)]
    return message("\n".join(lines), *map(section, lines[:30]))


def over(one: FollowUp, back: str) -> Message:
    """Confirm that it is done or cancelled, with the way to undo it."""
    what = "Cancelled" if one.action.cancelled else "Done"
    text = f"{what}: ~{escape(cut(one.action.title, SHOWN_TITLE))}~"
    return message(text, section(text), actions(button("Undo", REOPEN, f"{one.action.id}:{back}")))


def listing(
    found: Sequence[FollowUp],
    heading: str,
    today: date,
    *,
    page: int = 1,
    back: str = "",
    none: str = "",
    ended: FollowUp | None = None,
) -> Message:
    """Return a page of a list for one person, with the buttons of each; `back` names the list. One that they
    have just `ended` stands first, with the way to undo that.
    """
    before = over(ended, f"{back}:{page}").blocks if ended else []
    if not found:
        empty = f"*{escape(heading)}:* none. {none}".strip()
        return message(empty, *before, section(empty))
    pages = -(-len(found) // PER_PAGE)
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    late = sum(one.overdue(today) for one in found)
    top = f"*{escape(heading)}:* {len(found)}" + (f", {late} overdue" if late else "")
    top += f" · page {page} of {pages}" if pages > 1 else ""
    blocks: list[Block] = [*before, section(top)]
    for one in shown:
        blocks += [section(_line(one, today)), _row(one, f"{back}:{page}")]
    turn = [
        button(label, action_id, f"0:{back}:{to}")
        for label, action_id, to in (("Previous", PREVIOUS, page - 1), ("Next", NEXT, page + 1))
        if 1 <= to <= pages
    ]
    lines = [top, *(_line(one, today) for one in shown)]
    return message("\n".join(lines), *blocks, *([actions(*turn)] if turn else []))


def _row(one: FollowUp, back: str) -> Block:
    value = f"{one.action.id}:{back}"
    if not one.open:
        return actions(button("Reopen", REOPEN, value))
    return actions(
        button("Done", DONE, value, style="primary"), button("Change", EDIT, value), _cancel(one, back)
    )


def _cancel(one: FollowUp, back: str) -> dict[str, Any]:
    return button("Cancel it", CANCEL, f"{one.action.id}:{back}")


def _line(one: FollowUp, today: date | None) -> str:
    """Return a follow-up in two lines: what, then whose, when, how urgent and where."""
    action = one.action
    name = escape(cut(action.title, LISTED_TITLE))
    if not one.open:
        return f"*{'Cancelled' if action.cancelled else 'Done'}:* ~{name}~ · INC-{action.incident}"
    whose = person(action.assignee) if action.assignee else "nobody yet"
    parts = [
        f"For {whose}",
        f"due {_day(action.due)}" if action.due else "no day",
        f"P{one.priority.value[1]}",
    ]
    if today and one.overdue(today):
        parts[1] = f"*overdue* since {_day(action.due)}"
    if one.service:
        parts.append(escape(cut(one.service, 60)))
    parts.append(f"INC-{action.incident} ({one.severity})")
    if action.private:
        parts.append("private")
    if one.issue:
        label = reference(one.issue) + (" (gone)" if one.issue.gone else "")
        parts.append(link(one.issue.url, label))
    return f"*{escape(one.label)}:* {name}\n{' · '.join(parts)}"


def _day(day: date | None) -> str:
    return f"{day:%a %d %b %Y}" if day else "no day"


@says_drill
def due(one: FollowUp, incident: Incident, today: date, reader: str) -> Message:
    """Return the reminder of its owner, or of who minds it where nobody owns it, or they left. Of a private
    incident it says no more than where it is.
    """
    action = one.action
    where = f"{title(incident)} · {way_in(incident)}"
    what = "" if incident.private else f" {escape(cut(action.title, SHOWN_TITLE))}"
    days = (action.due - today).days if action.due else 0
    if days < 0:
        when = f"was due {-days} day{'s' if days != -1 else ''} ago"
    else:
        when = "is due today" if not days else f"is due on {_day(action.due)}"
    whose = "A follow-up that nobody owns"
    if action.assignee:
        whose = "Your follow-up" if action.assignee == reader else "A follow-up whose owner left"
    text = f"*{whose} {when}:*{what}\n{where}"
    value = f"{action.id}:"
    return message(
        text,
        section(text),
        actions(button("Done", DONE, value, style="primary"), button("Change", EDIT, value)),
    )


def digest(found: Sequence[FollowUp], done: int, today: date) -> Message:
    """Return the week's digest: the overdue ones first, then what comes due."""
    late = [one for one in found if one.overdue(today)]
    soon = [one for one in found if not one.overdue(today) and one.action.due and _soon(one, today)]
    top = (
        f"*Follow-ups this week:* {len(found)} open, {len(late)} overdue, {len(soon)} due within a week, "
        f"{done} done in the last one."
    )
    lines = [_named(one, today) for one in (*late, *soon)][:20]
    more = len(late) + len(soon) - len(lines)
    rest = [f"And {more} more: `/inc followups open`."] if more else []
    texts = [top, *lines, *rest]
    return message("\n".join(texts), *map(section, texts))


def _named(one: FollowUp, today: date) -> str:
    """Return one line of the digest; nobody is mentioned in it."""
    action = one.action
    name = escape(cut(action.title, LISTED_TITLE))
    when = "overdue since" if one.overdue(today) else "due"
    return f"• {name} · {when} {_day(action.due)} · P{one.priority.value[1]} · INC-{action.incident}"


def _soon(one: FollowUp, today: date) -> bool:
    return one.action.due is not None and (one.action.due - today).days <= 7


def offer(issues: Sequence[TrackedIssue], incident: Incident) -> Message:
    """Ask whoever pasted addresses of issues whether these are follow-ups."""
    blocks: list[Block] = []
    lines = []
    for one in issues:
        text = f"Is {link(one.url, reference(one))} a follow-up of INC-{incident.id}?"
        lines.append(text)
        add = button("Add as follow-up", OFFERED, f"{incident.id}:{one.url}")
        blocks += [section(text), actions(add)]
    return message("\n".join(lines), *blocks)
