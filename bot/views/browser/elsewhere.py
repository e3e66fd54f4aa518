"""Where else the document of a review stands, as its page says it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.reviews.copies import ForeignEdit, Kept, ReviewCopy
from bot.domain.reviews.versions import Version


def copies(
    made: Sequence[ReviewCopy], places: Sequence[Kept], edits: Sequence[ForeignEdit], latest: Version | None
) -> Mapping[str, Any]:
    """Return what the page says of the copies of a review, and which buttons there are for them."""
    newest = latest.number if latest else 0
    known = {one.place: one for one in made}
    edited = {one.place: one for one in edits}
    each = [one for one in Kept if one in places or _stands(known.get(one))]
    rows = [_copy(one, known.get(one), edited.get(one), newest, may=one in places) for one in each]
    return {
        "copies": rows,
        "leads_elsewhere": any(one["writes"] or one["fetches"] for one in rows),
        "edits": [(one.place.value, one.place.said, one.who, one.base) for one in edits],
    }


def _stands(copy: ReviewCopy | None) -> bool:
    return bool(copy and copy.url.startswith(("https://", "http://")))


def _copy(
    place: Kept, copy: ReviewCopy | None, edit: ForeignEdit | None, newest: int, *, may: bool
) -> Mapping[str, Any]:
    stands = copy if _stands(copy) else None
    waits = bool(copy and copy.waits)
    current = bool(stands and stands.written == newest)
    name = f"merge request !{stands.number}" if stands and place is Kept.FILE else place.said
    return {
        "place": place.value,
        "what": place.said,
        "name": name,
        "url": stands.url if stands else "",
        "written": stands.written if stands else 0,
        "newest": current,
        "waits": copy.version if copy and waits else 0,
        "fetching": bool(copy and copy.fetching),
        "failed": _failed(copy) if copy and copy.failed else "",
        "writes": may and not waits and not current and not edit,
        "fetches": bool(may and stands and not waits and not (copy and copy.fetching)),
    }


def _failed(copy: ReviewCopy) -> str:
    if copy.version == copy.written:
        return f"The {copy.place.said} in GitLab could not be looked at for edits"
    return f"Version {copy.version} could not be written to the {copy.place.said} in GitLab"
