"""Who must be paged when an incident begins, at once or after a triage, and when it is merged."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from bot.domain.process import Process

Row: TypeAlias = dict[str, Any]

HIGH = {"S1", "S2"}
WATCHED = {"Investigating", "Fixing", "Monitoring"}
"""While it has one of these an incident pages, unless it was reopened only to be merged or corrected."""


class Rules:
    """Looks at each commit: with the incident's beginning come its pages, neither more nor fewer."""

    def __init__(self, process: Process, broken: Callable[[str], None]) -> None:
        self._process, self._broken = process, broken
        self._statuses: dict[int, str] = {}
        self._near_misses: set[int] = set()
        self._last_page = 0
        self._waited: dict[int, set[str]] = {}
        self.accepted = self.merged = 0

    def committed(
        self,
        incidents: Mapping[int, Row],
        pages: Mapping[int, Row],
        by_hand: Collection[tuple[int, str]],
        at_work: Collection[tuple[int, str]],
    ) -> None:
        """Compare who was paged by this commit with who had to be.

        `by_hand` are roles that were given, `at_work` those whose holders answered a page.
        """
        for number, incident in incidents.items():
            before, now = self._statuses.get(number), incident["status"]
            self._statuses[number] = now
            real = self._turned_real(incident)
            if before == now and not real:
                continue
            if now == "Merged":
                target = incidents[incident["merged_into"]]
                self._goes_on(incident, target, pages, at_work, worked_on=before in WATCHED)
            begins = now == "Investigating" and before in (None, "Triage")
            self.accepted += begins and before is not None
            if real or before in (None, "Triage"):
                of_it = [page for page in pages.values() if page["incident"] == number]
                pages_now = (real or begins) and not incident["near_miss"]
                self._paged(incident, of_it, self._wanted(incident, of_it, by_hand) if pages_now else [])
        self._last_page = max(pages, default=0)
        self._waited = defaultdict(set)
        for page in pages.values():
            if _waits(page):
                self._waited[page["incident"]].add(page["team"])

    def _turned_real(self, incident: Row) -> bool:
        """Say whether this was a near miss until now, and is an incident that people are at work on."""
        was = incident["id"] in self._near_misses
        if incident["near_miss"]:
            self._near_misses.add(incident["id"])
        else:
            self._near_misses.discard(incident["id"])
        return was and not incident["near_miss"] and incident["status"] in WATCHED

    def _goes_on(
        self,
        duplicate: Row,
        target: Row,
        pages: Mapping[int, Row],
        at_work: Collection[tuple[int, str]],
        *,
        worked_on: bool,
    ) -> None:
        """Each team that the duplicate was calling is called for the target, or somebody is at work there.

        One that was `worked_on` makes the target as bad as it was; how bad a triage is nobody has decided.
        """
        self.merged += 1
        if target["status"] not in WATCHED or target["correcting"]:
            return
        calls = [page for page in pages.values() if page["incident"] == target["id"] and _waits(page)]
        called = {name for page in calls for name in (page["team"], page["level_team"])}
        for team in self._waited.get(duplicate["id"], ()):
            of = self._process.teams.get(team)
            if of and team not in called and (target["id"], of.role) not in at_work:
                self._broken(f"INC-{duplicate['id']} was merged, and {team} is called no more")
        if worked_on and duplicate["severity"] < target["severity"]:
            self._broken(f"INC-{target['id']} is less bad than INC-{duplicate['id']}, which goes on in it")

    def _wanted(self, incident: Row, pages: list[Row], by_hand: Collection[tuple[int, str]]) -> list[str]:
        """Return the teams to page: the type's, for S1 and S2 its managers; not who is engaged already."""
        kind = self._process.types[incident["type"]]
        teams = (kind.pages, *kind.always, *(kind.managers if incident["severity"] in HIGH else ()))
        engaged = {
            name
            for page in pages
            if page["id"] <= self._last_page and page["state"] in ("pending", "acknowledged")
            for name in (page["team"], page["level_team"])
        }
        held = {team for team in teams if (incident["id"], self._process.teams[team].role) in by_hand}
        return [team for team in teams if team not in engaged | held]

    def _paged(self, incident: Row, pages: list[Row], wanted: list[str]) -> None:
        begun = {page["escalation"]: page["team"] for page in pages if page["id"] > self._last_page}
        new = list(begun.values())
        if Counter(new) != Counter(wanted):
            self._broken(f"INC-{incident['id']} is {incident['status']}: {new} are paged, not {wanted}")


def _waits(page: Row) -> bool:
    return bool(page["state"] == "pending")
