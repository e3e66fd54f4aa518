"""The page of whoever looks after Muster: how it is, what could not be sent, and what it runs with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from bot.domain.alerts.alert import SourceState
from bot.domain.process import Process
from bot.views.browser.rich import Reader
from bot.views.mrkdwn import cut, lasting
from bot.views.oncall.unsent import Unsent

LETTERS = 25
"""How many of what could not be sent are listed."""
_REASON = 300
DONE: Mapping[str, str] = {"again": "It goes out again.", "drop": "It is dropped, and never sent."}
"""What is said after a form."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What is under way of one job: how much, how much of it failed at least once, and since when."""

    job: str
    waiting: int
    failed: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """What each probe says, None where all is well, and what does not work beside them."""

    probes: Mapping[str, str | None]
    failing: Mapping[str, str]
    progress: Mapping[str, str]
    running: Mapping[str, object]
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database says, read in one transaction."""

    process: Process
    now: datetime
    beaten_at: datetime | None
    queues: Sequence[Queued]
    letters: Sequence[Unsent]
    letters_total: int
    sources: Sequence[SourceState]
    lately: Mapping[str, int]
    findings: Mapping[str, int]


def shown(health: Health, kept: Kept, done: str, reader: Reader) -> Mapping[str, Any]:
    """Return what the template is rendered with."""
    return {
        "title": "Operator",
        "said": DONE.get(done, ""),
        "probes": [(name, said or "") for name, said in health.probes.items()],
        "failing": list(health.failing.items()),
        "progress": list(health.progress.items()),
        "running": [(name, str(value)) for name, value in health.running.items()],
        "beaten": reader.time(kept.beaten_at) if kept.beaten_at else None,
        "queues": [(one.job, one.waiting, one.failed, lasting(kept.now - one.since)) for one in kept.queues],
        "letters": [
            (one.id, one.job, one.about, reader.time(one.at), cut(one.reason, _REASON) or "Why is not known.")
            for one in kept.letters
        ],
        "more_letters": max(0, kept.letters_total - len(kept.letters)),
        "letters_total": kept.letters_total,
        "sources": [_source(one, kept.lately, reader) for one in _sources(kept)],
        "unknown": next((one for one in kept.sources if not one.name and one.refused), None),
        "set_aside": [
            why if why.startswith(name) else f"{name}: {why}" for name, why in kept.process.set_aside.items()
        ],
        "warnings": [one for one in health.warnings if one not in kept.process.set_aside.values()],
        "findings": list(kept.findings.items()),
        "configured": _configured(kept.process),
        "at": kept.now,
    }


def _sources(kept: Kept) -> list[SourceState]:
    """Return those that told something, and those that are configured and never did."""
    silent = {name: SourceState(name, 0, 0, None, None, "") for name in kept.process.alert_sources}
    heard = {one.name: one for one in kept.sources if one.name}
    return [one for _, one in sorted((silent | heard).items())]


def _source(one: SourceState, lately: Mapping[str, int], reader: Reader) -> tuple[object, ...]:
    taken = reader.time(one.taken_at) if one.taken_at else Markup("never")
    refused = (
        Markup("{}, {}: {}").format(one.refused, reader.time(one.refused_at), cut(one.reason, _REASON))
        if one.refused_at
        else Markup("0")
    )
    return one.name, one.taken, taken, lately.get(one.name, 0), refused


def _configured(process: Process) -> list[tuple[str, str]]:
    """Return what is configured, by its names alone: an address or a key never stands here."""
    parts = (
        ("Incident types", process.types),
        ("Teams", process.teams),
        ("Schedules", process.schedules),
        ("Roles", process.roles),
        ("Contact methods", process.contact_methods),
        ("Fields", process.fields),
    )
    return [(name, ", ".join(these) or "none") for name, these in parts]
