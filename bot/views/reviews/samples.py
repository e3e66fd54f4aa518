"""Made-up reviews that a template is tried on at the start: one that has everything, one that has nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.views.markdown import Markdown
from bot.views.reviews.model import About, Call, Fired, Happened, Named, Review, Task

_AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
_LATER = _AT + timedelta(minutes=40)
_ANN = Markdown("Ann")
_LINE = (
    Happened(_AT, Markdown("Ann noted: it is slow")),
    Happened(_LATER, Markdown("Ann noted: it is well")),
)
FULL = Review(
    incident=About(
        id=7,
        ref="INC-7",
        name="Checkout is slow",
        type="GitLab.com",
        severity="S2",
        highest_severity="S1",
        status="Resolved",
        private=True,
        drill=True,
        near_miss=True,
        declared_afterwards=True,
        reporter=_ANN,
        lead=_ANN,
        declared_at=_AT,
        resolved_at=_LATER,
        merged_into="INC-6",
        labels=("Incident::Resolved",),
        url="https://muster.example.com/incidents/INC-7",
    ),
    summary=Markdown("Checkout was slow."),
    causes=Markdown("- A full disk"),
    times=(Named("Detected", _AT),),
    durations=(Named("Time to resolve", _LATER - _AT),),
    impact_start=_AT,
    impact_end=_LATER,
    impact_lasted=_LATER - _AT,
    detected_at=_AT,
    mitigated_at=_LATER,
    timeline=_LINE,
    left_out=3,
    decisions=_LINE,
    learnt=_LINE,
    well=_LINE,
    badly=_LINE,
    lucky=_LINE,
    roles=(Named("EOC", _ANN),),
    people=(_ANN,),
    pages=(Call(_AT, _ANN, "dotcom EOC", 1, "acknowledged", timedelta(minutes=2)),),
    updates=_LINE,
    notices=_LINE,
    alerts=(Fired(_AT, "Disk full", "prometheus", before=True),),
    follow_ups=(
        Task("Add a node", "Follow-up", _ANN, "S1", "db", date(2026, 2, 1), "open", "https://example.com/1"),
    ),
    actions=(Task("Look", "Action", _ANN, "", "", None, "done", ""),),
    fields=(Named("Customer impact", "yes"),),
    links=(Named("Dashboard", Markdown("<https://example.com>")),),
)
BARE = replace(
    FULL,
    incident=replace(
        FULL.incident,
        name="",
        highest_severity="S2",
        private=False,
        drill=False,
        near_miss=False,
        declared_afterwards=False,
        resolved_at=None,
        merged_into="",
        labels=(),
        url="",
    ),
    summary=Markdown(""),
    causes=Markdown(""),
    impact_start=None,
    impact_end=None,
    impact_lasted=None,
    detected_at=None,
    mitigated_at=None,
    left_out=0,
    **{name: () for name, value in FULL.given().items() if isinstance(value, tuple)},
)
SAMPLES = (FULL, BARE)
