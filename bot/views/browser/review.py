"""The page of a review: what its templates show of the document, its versions and what to look at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Any

from markupsafe import Markup

from bot.domain.incidents.incident import Incident
from bot.domain.reviews.canvas import ReviewCanvas
from bot.domain.reviews.copies import ForeignEdit, digest
from bot.domain.reviews.document import reviewable
from bot.domain.reviews.issue import ReviewIssue
from bot.domain.reviews.looking import Ask, Look
from bot.domain.reviews.versions import Approval, Saved, Version
from bot.views.browser.markdown import page_of
from bot.views.browser.parts import document_in_parts
from bot.views.browser.rich import Reader
from bot.views.mrkdwn import lasting
from bot.views.naming import own_name
from bot.views.reviews.rendering import TITLES

MOST_LINES = 4000
"""Longer texts are not compared: that takes time which grows with the square of their lines."""
MOST_VERSIONS = 15
"""So many are listed; an earlier one is asked for by its number."""
_HEAD = 2
"""The first lines of a difference name its texts, and say where in them it begins."""
_WORDS: Mapping[Ask, str] = {
    Ask.SUMMARY: "There is no summary",
    Ask.CAUSES: "No contributing causes are written down",
    Ask.IMPACT: "When the impact began or ended is not set",
    Ask.GAP: "Nothing on the timeline while it hurt",
    Ask.ROLE: "Nobody had the role",
    Ask.LATE: "An update was late",
    Ask.NO_UPDATE: "No update was posted",
    Ask.UNANSWERED: "A page was not answered",
    Ask.ALERT: "An alert fired before the declaration",
    Ask.CHANGE: "A change shortly before",
    Ask.NO_FOLLOW_UP: "There is no follow-up",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A text that the page shows. `version` is its number, 0 for one that is written from the facts.

    `outdated` says that the facts have changed since that version was written. Of a long one a `part` is
    shown; `wrong` says why it is not by the template that is the usual one.
    """

    text: str
    template: str
    version: int = 0
    newest: bool = True
    outdated: bool = False
    part: int = 1
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class EditForm:
    """The form in which a document is edited.

    `theirs` is what somebody else saved meanwhile, or what `who` wrote in the `copy` that `taken` names.
    `sure` and `names` confirm what looks secret and what names a private incident; those `confirmed` stay so.
    """

    text: str
    base: int
    template: str
    written: str
    wrong: str = ""
    sure: str = ""
    names: str = ""
    confirmed: Sequence[str] = ()
    theirs: str = ""
    preview: bool = False
    taken: str = ""
    who: str = ""
    copy: str = ""


def head(incident: Incident) -> Mapping[str, Any]:
    """Return what each page of a review begins with."""
    return {
        "title": f"Review of INC-{incident.id}",
        "incident": incident,
        "name": own_name(incident),
        "at": f"/incidents/INC-{incident.id}/review",
    }


def page(
    incident: Incident, shown: Shown, found: Sequence[Look], templates: Sequence[str], reader: Reader
) -> Mapping[str, Any]:
    """Return what the page of a review shows, but for what is kept of it."""
    text = document_in_parts(shown.text)
    part = min(max(shown.part, 1), len(text.parts))
    return {
        **head(incident),
        "gone": "" if reviewable(incident) else f"INC-{incident.id} is {incident.status}: it has no review.",
        "shown": shown,
        "document": page_of(text.parts[part - 1]),
        "part": part,
        "parts": len(text.parts),
        "contents": text.headings if len(text.parts) > 1 else (),
        "headings": [(one, one) for one in dict.fromkeys(name for name, _ in text.headings)],
        "looks": [look(one, reader) for one in found],
        "templates": [(one, TITLES[one]) for one in templates],
        "query": f"?version={shown.version}" if shown.version else f"?template={shown.template}",
    }


def kept(saved: Sequence[Saved], approvals: Sequence[Approval], reader: Reader) -> Mapping[str, Any]:
    """Return who saved and approved what, by their names."""
    newest = saved[0] if saved else None
    last = approvals[-1].version if approvals else 0
    return {
        "latest": (newest.number, reader.name(newest.by), reader.time(newest.at)) if newest else None,
        "versions": [(one.number, reader.name(one.by), reader.time(one.at)) for one in saved[:MOST_VERSIONS]],
        "older_versions": max(0, len(saved) - MOST_VERSIONS),
        "approvals": [
            (
                one.version,
                reader.name(one.by),
                reader.time(one.at),
                bool(newest and one.version < newest.number),
            )
            for one in approvals
            if one.version == last
        ],
        "approved_by": {
            number: [reader.name(one.by) for one in approvals if one.version == number]
            for number in {one.version for one in approvals}
        },
    }


def exported(issue: ReviewIssue | None, latest: Version | None, *, exports: bool) -> Mapping[str, Any]:
    """Return what the page says of the issue of a review, and whether it has a button for it."""
    number = latest.number if latest else 0
    waits = bool(issue and issue.version != issue.written)
    stands = issue if issue and issue.url.startswith(("https://", "http://")) else None
    return {
        "issue": stands,
        "issue_waits": issue.version if issue and waits else 0,
        "issue_failed": bool(issue and not stands),
        "makes_issue": exports and not waits and not (stands and stands.written == number),
    }


def as_canvas(canvas: ReviewCanvas | None, latest: Version | None, *, offered: bool) -> Mapping[str, Any]:
    """Return what the page says of the canvas of a review, and what its button says, if there is one."""
    number = latest.number if latest else 0
    waits = bool(canvas and canvas.version != canvas.written)
    stands = canvas if canvas and canvas.canvas else None
    label = "As a canvas in Slack"
    if stands:
        label = "As a new canvas in Slack" if stands.kept else "Update the canvas in Slack"
    current = stands and not stands.kept and stands.written == number
    return {
        "canvas": stands,
        "canvas_waits": canvas.version if canvas and waits else 0,
        "canvas_failed": bool(canvas and not stands and not waits),
        "canvas_button": label if offered and not waits and not current else "",
    }


def look(one: Look, reader: Reader) -> Markup:
    """Say what to look at, and when that was."""
    parts = [Markup("{}").format(_WORDS[one.ask])]
    if one.what:
        parts.append(Markup(": <bdi>{}</bdi>").format(one.what))
    if one.span is not None:
        how = "before" if one.ask in {Ask.ALERT, Ask.CHANGE} else "long"
        parts.append(Markup(", {} {}").format(lasting(one.span), how))
    if one.at:
        parts.append(Markup(', <span class="soft">{}</span>').format(reader.time(one.at)))
    return Markup("").join(parts)


def again(form: EditForm, wrong: str, *, theirs: Version | None = None) -> EditForm:
    """Return the form with what was typed, and what is wrong. After a conflict it goes on from `theirs`."""
    base, other = (theirs.number, theirs.text) if theirs else (form.base, "")
    return replace(form, wrong=wrong.replace("`", ""), base=base, theirs=other)


def beside(form: EditForm, edit: ForeignEdit) -> EditForm:
    """Return the form of the newest version with what people wrote in a copy beside it."""
    taken = f"{edit.place.value}:{digest(edit.text)}"
    return replace(form, theirs=edit.text, taken=taken, who=edit.who, copy=edit.place.said)


def previewed(form: EditForm) -> EditForm:
    return replace(form, preview=True)


def editing(incident: Incident, form: EditForm) -> Mapping[str, Any]:
    return {
        **head(incident),
        "title": f"Edit the review of INC-{incident.id}",
        "form": form,
        "document": page_of(form.text) if form.preview else None,
        "difference": list(difference(form.theirs, form.text)) if form.theirs else None,
    }


def changed(incident: Incident, said: str, lines: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
    """Return what a page shows that compares two texts."""
    title = f"What changed in the review of INC-{incident.id}"
    return {**head(incident), "title": title, "said": said, "difference": lines}


def difference(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Return the lines that differ and those around them, each with the sign of what became of it."""
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > MOST_LINES:
        yield "@", f"These texts have more than {MOST_LINES:,} lines: they are not compared."
        return
    for place, one in enumerate(unified_diff(old, new, n=2, lineterm="")):
        if place > _HEAD:
            yield one[0], one[1:] if one[0] != "@" else "…"
