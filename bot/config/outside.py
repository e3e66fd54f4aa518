"""What Muster talks to and no page needs: trackers, status pages, calls, pagers, webhooks. What is wrong
with their settings is set aside, and keeps nothing from starting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from bot.config import calls, pagers, trackers
from bot.config.calls import CallsEntry, CallSettings
from bot.config.document import Document
from bot.config.files import from_file
from bot.config.findings import problems_in
from bot.config.names import did_you_mean, section
from bot.config.pagers import OpsgenieEntry, PagerdutyEntry, PagerSettings
from bot.config.problems import ConfigInvalid
from bot.config.schema import File
from bot.config.statuspage import VARIABLES, StatuspageSettings, odd_statuspage, statuspage_of
from bot.config.trackers import TRACKERS, AnyTracker, GitlabSettings
from bot.config.webhook_entries import webhooks_of
from bot.config.webhooks import WebhookSettings
from bot.domain.paging.pagers import PAGERDUTY, SERVICES
from bot.domain.process import Process
from bot.domain.reviews.issue import IssuePlace

STATUSPAGE, CALLS = "statuspage", "calls"


@dataclass(frozen=True, slots=True)
class OutsideSettings:
    """The settings of each, what is odd about them, and what is `set_aside` by its name in the file."""

    tracker: AnyTracker | None
    statuspage: StatuspageSettings | None
    webhooks: tuple[WebhookSettings, ...]
    calls: CallSettings
    pagers: tuple[PagerSettings, ...] = ()
    warnings: tuple[str, ...] = ()
    set_aside: Mapping[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must reach no log."""
        there = [
            one for one in (self.tracker, self.statuspage, self.calls, *self.webhooks, *self.pagers) if one
        ]
        return tuple(secret for one in there for secret in one.secrets)

    def within(self, process: Process) -> Process:
        """Return the process with what it has of these."""
        page, said = self.statuspage, process.communication
        teams = pagers.with_pagers(process.teams, self.pagers)
        reviews = replace(process.reviews, issues=self._reviews())
        return replace(process, teams=teams, communication=page.of(said) if page else said, reviews=reviews)

    def _reviews(self) -> IssuePlace | None:
        """Return the project in which reviews may become issues."""
        match self.tracker:
            case GitlabSettings() as found if found.token:
                copies = (found.reviews.wiki or "", found.reviews.files or "", found.reviews.target or "")
                return IssuePlace("GitLab", found.url, found.project, found.private, *copies)
        return None


def outside_of(document: Document, environ: Mapping[str, str], *, sends: bool) -> OutsideSettings:
    """Return what is configured, and take what is wrong out of the document. For what never `sends` no secret
    is looked for.
    """
    reading = _Reading(document, environ, sends)
    tracker = reading.tracker()
    page = reading.entry(STATUSPAGE, VARIABLES, "nothing is published by Muster")
    statuspage = statuspage_of(page, reading.environ) if page else None
    called = reading.entry(CALLS, calls.VARIABLES, "no service makes a call") or CallsEntry()
    settings = calls.settings_of(called, reading.environ)
    kept = reading.pagers()
    webhooks, unsent = webhooks_of(document, environ, sends=sends)
    odd = (*odd_statuspage(statuspage), *calls.callless_because(called, settings)) if sends else ()
    return OutsideSettings(
        tracker, statuspage, webhooks, settings, kept, (*reading.odd, *odd), reading.aside | unsent
    )


class _Reading:
    """Reads sections one after another. `environ` grows by what files hold that it names."""

    def __init__(self, document: Document, environ: Mapping[str, str], sends: bool) -> None:
        self._document = document
        self._sends = sends
        self.environ = dict(environ)
        self.odd: list[str] = []
        self.aside: dict[str, str] = {}

    def entry(self, name: str, variables: Iterable[str], so: str) -> Any:
        """Return what a section says; None where there is none, or it is wrong and set aside."""
        document = self._document
        if not isinstance(document.data, dict) or document.data.get(name) is None:
            return None
        wrong = [problem.sentence for problem in document.taken((name,))]
        try:
            if wrong:
                raise ConfigInvalid(wrong)
            entry = getattr(File.model_validate({name: document.data[name]}), name)
            found = {key: from_file(self.environ, key) for key in variables} if self._sends else {}
        except ValidationError as error:
            wrong = [problem.sentence for problem in problems_in(error, document)]
        except ConfigInvalid as error:
            wrong = [*error.problems]
        else:
            self.environ |= {key: value for key, value in found.items() if value}
            return entry
        del document.data[name]
        self.aside[name] = " ".join([*wrong, f"So {so}."])
        return None

    def tracker(self) -> AnyTracker | None:
        """Return where incidents have issues: of several trackers the first."""
        settings: AnyTracker | None = None
        for name, variables in TRACKERS.items():
            if not (entry := self.entry(name, variables, "no issue is made")):
                continue
            if settings:
                self.odd.append(
                    f"{name}: an incident has one issue, which another section makes. Remove one."
                )
                continue
            settings = trackers.settings_of(entry, self.environ)
            self.odd += trackers.untracked_because(name, settings) if self._sends else []
        return settings

    def pagers(self) -> tuple[PagerSettings, ...]:
        """Return the services in which pages are raised too, each with the teams that have a key there."""
        found, teams = list[PagerSettings](), self._teams_with_pager()
        for service, name in SERVICES.items():
            theirs = teams.get(service, ())
            so = f"no page is raised in {name}, and Muster pages itself"
            entry = self.entry(service, pagers.variables(service, theirs), so)
            if not theirs or service in self.aside or not self._sends:
                continue
            if not entry:
                entry = PagerdutyEntry() if service == PAGERDUTY else OpsgenieEntry()
                self._read_files(service, theirs)
            settings = pagers.settings_of(service, entry, theirs, self.environ)
            self.odd += pagers.unraised_because(settings, theirs, self.environ)
            found += [settings] if settings.keys else []
        return tuple(found)

    def _read_files(self, service: str, teams: Sequence[str]) -> None:
        for key in pagers.variables(service, teams):
            try:
                self.environ |= {key: found} if (found := from_file(self.environ, key)) else {}
            except ConfigInvalid as error:
                self.odd += error.problems

    def _teams_with_pager(self) -> dict[str, list[str]]:
        """Return which teams keep which service. What is none is taken out of the document."""
        found: dict[str, list[str]] = {}
        for team, entry in section(self._document.data, "teams").items():
            if not isinstance(entry, dict) or "pager" not in entry:
                continue
            raw = entry["pager"]
            if isinstance(raw, str) and raw in SERVICES:
                found.setdefault(raw, []).append(str(team))
                continue
            del entry["pager"]
            shown = f"`{raw}`" if isinstance(raw, str) and raw else "something else"
            text = f"found {shown}, expected {pagers.PAGER}. {did_you_mean(raw, tuple(SERVICES))}"
            said = self._document.problem(("teams", str(team), "pager"), text).sentence
            self.aside[f"teams.{team}.pager"] = f"{said} So Muster pages {team} itself."
        return found
