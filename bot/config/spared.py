"""Sections that no page needs: what is wrong in one is taken out and named, and all else counts."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from bot.config.document import Document
from bot.config.findings import problems_in
from bot.config.names import Place, did_you_mean
from bot.config.problems import Problem
from bot.config.schema import File
from bot.redaction import Redaction

NEEDED = frozenset({"teams", "types", "schedules", "contact_methods", "notification_rules", "people"})
"""Whom a page reaches, and how. What is wrong there is mended before the start."""
READ_BEFORE = frozenset(
    {
        *("alerts", "webhooks", "statuspage", "calls", "gitlab", "github", "jira"),
        *("pagerduty", "opsgenie"),
    }
)
"""What is set aside by a rule of its own."""
SPARED = frozenset(File.model_fields) - NEEDED - READ_BEFORE
_REDACT = Redaction()
_DEFAULT = "The default counts until then."
_CAUTIOUS: Mapping[str, tuple[Any, str]] = {
    "guests": (["acknowledge"], "Such guests may only acknowledge until then."),
    "archive": ("never", "No such channel is archived until then."),
}
"""Where a default could do what somebody meant to forbid."""
_KEYS = {"guests": ("multi_channel", "single_channel"), "archive": ("after", "private")}


class Spared:
    """Takes what is wrong out of a document. `aside` says so by its name, `problems` has each."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.aside: dict[str, str] = {}
        self.problems: list[Problem] = []

    def read(self, context: Mapping[str, Any]) -> None:
        """Look at each section by itself."""
        data = self._document.data
        if not isinstance(data, dict):
            return
        self._misspelled(data)
        wrong: list[tuple[Place, Problem]] = []
        for section in [one for one in data if one in SPARED]:
            repeated = [one for one in self._document.repeated if one[0] == section]
            for place in {self._cut(one) for one in repeated}:
                wrong += [(place, problem) for problem in self._document.taken(place)]
            try:
                File.model_validate({section: data[section]}, context=dict(context))
            except ValidationError as error:
                found = zip(error.errors(), problems_in(error, self._document), strict=True)
                wrong += [(self._cut(one["loc"]), problem) for one, problem in found]
        self._take(wrong)

    def take(self, odd: Iterable[tuple[Place, str]]) -> bool:
        """Take out what is odd between sections, and say whether anything was."""
        wrong = [(self._cut(place), self._document.problem(place, text)) for place, text in odd]
        self._take(wrong)
        return bool(wrong)

    def _misspelled(self, data: dict[Any, Any]) -> None:
        """Take out a section that no page needs and that has almost its name."""
        for key in [one for one in data if one not in File.model_fields]:
            near = get_close_matches(str(key), File.model_fields, n=1, cutoff=0.8)
            if near and near[0] not in NEEDED:
                text = f"is no key here. {did_you_mean(key, tuple(File.model_fields))}"
                self._document.taken((str(key),))
                self._take([((key,), self._document.problem((key,), text))])

    def _cut(self, place: Place) -> Place:
        """Return what is taken out as a whole: an entry of a section where it has any, else the section."""
        inside = self._document.data.get(place[0])
        if not place[1:]:
            return place[:1]
        named = isinstance(inside, dict) and str(place[1]) in map(str, inside)
        listed = isinstance(inside, list) and isinstance(place[1], int)
        return place[:2] if named or listed else place[:1]

    def _take(self, wrong: Iterable[tuple[Place, Problem]]) -> None:
        found: dict[Place, list[Problem]] = {}
        for place, problem in wrong:
            found.setdefault(place, []).append(problem)
        for place, problems in sorted(found.items(), key=lambda one: str(one[0]), reverse=True):
            self._remove(place)
            self.problems += problems
            name = _REDACT(self._document.problem(place, "").place)  # a key may be a URL with a password
            said = " ".join(dict.fromkeys(problem.sentence for problem in sorted(problems)))
            instead = _CAUTIOUS.get(str(place[0]), (None, _DEFAULT))[1]
            self.aside[name] = f"{name} is set aside; all else counts. {said} {instead}"

    def _remove(self, place: Place) -> None:
        data, section = self._document.data, str(place[0])
        if section in _CAUTIOUS:
            value = _CAUTIOUS[section][0]
            keys = [str(one) for one in place[1:] if one in _KEYS[section]]
            written = data[section] if place[1:] else {}
            rest = {key: entry for key, entry in written.items() if key not in place[1:]}
            data[section] = rest | dict.fromkeys(keys or _KEYS[section], value)
            return
        if len(place) == 1:
            data.pop(place[0], None)
        elif isinstance(data[section], list):
            del data[section][int(place[1])]
        else:
            for key in [one for one in data[section] if str(one) == str(place[1])]:
                del data[section][key]
