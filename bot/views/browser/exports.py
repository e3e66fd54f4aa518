"""Lists of incidents as files: CSV that no spreadsheet takes for formulas, and JSON."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.labels import labels

_BEGINS_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BREAKS = ("\t", "\r", "\n")
_UNSEEN = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]+")
"""Some spreadsheets leave out what stands unseen before a formula, and then calculate it."""
COLUMNS = (
    *("id", "name", "type", "severity", "highest_severity", "status", "private", "drill", "near_miss"),
    *(
        "reporter",
        "lead",
        "declared_at",
        "acknowledged_at",
        "resolved_at",
        "public_status",
        "labels",
        "summary",
    ),
)


def cell(text: str) -> str:
    """Return text for a cell: what a spreadsheet would calculate gets an apostrophe before it."""
    if text.startswith(_BREAKS) or _UNSEEN.sub("", text).startswith(_BEGINS_FORMULA):
        return f"'{text}"
    return text


def rows(found: Sequence[Incident], names: Mapping[str, str]) -> list[dict[str, object]]:
    """Return the same values for each format, times in UTC."""
    return [
        {
            "id": f"INC-{one.id}",
            "name": one.name,
            "type": one.type,
            "severity": one.severity.value,
            "highest_severity": one.highest.value,
            "status": one.status.value,
            "private": one.private,
            "drill": one.drill,
            "near_miss": one.near_miss,
            "reporter": names.get(str(one.reporter), str(one.reporter)),
            "lead": names.get(one.lead, one.lead),
            "declared_at": _iso(one.declared_at),
            "acknowledged_at": _iso(one.engaged_at),
            "resolved_at": _iso(one.resolved_at),
            "public_status": one.publicity.public_status.value,
            "labels": list(labels(one)),
            "summary": one.summary.summary,
        }
        for one in found
    ]


def csv_head() -> str:
    """Return the first line, after a mark that programs know UTF-8 by."""
    return f"\ufeff{as_csv([COLUMNS])}"


def csv_rows(found: Sequence[Incident], names: Mapping[str, str]) -> str:
    """Return lines as RFC 4180 has them."""
    return as_csv([[in_cell(row[name]) for name in COLUMNS] for row in rows(found, names)])


def json_rows(found: Sequence[Incident], names: Mapping[str, str], *, first: bool) -> str:
    """Return elements of a list, of which others stand before these unless they are the `first`."""
    said = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows(found, names))
    return said if first else f",\n{said}"


def as_csv(lines: Sequence[Sequence[str]]) -> str:
    """Return lines as RFC 4180 has them."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue()


def in_cell(value: object) -> str:
    """Return a value for a cell; there is nothing in that of None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return cell(", ".join(value) if isinstance(value, list) else str(value))


def _iso(at: datetime | None) -> str:
    return f"{at.astimezone(UTC).isoformat(timespec='seconds').removesuffix('+00:00')}Z" if at else ""
