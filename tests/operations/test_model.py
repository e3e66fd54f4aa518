"""Whatever people and time do, in whatever order: a small model knows who is paged next, and who leads."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.desk import Desk
from bot.domain.errors import Refused
from bot.domain.incidents import Draft, Severity, Status
from bot.domain.pages import Page
from bot.domain.process import CMOC, EOC, IM
from bot.operations.acknowledge import acknowledge
from bot.operations.declare import declare
from bot.operations.escalate import escalate_now
from bot.operations.lifecycle import change_status, reopen
from bot.operations.ownership import assign_role, hand_over
from bot.operations.people import learned
from bot.operations.severity import change_severity
from scheduler.ticks import Ticks
from storage import incidents, pages, roles
from storage.people import Person
from storage.sqlite import MEMORY, SqliteDatabase
from tests.conftest import PEOPLE, Office
from tests.fakes import FIFTEEN_MINUTES, FakeClock, process

PATHS = {
    "dotcom EOC": ("UEOC", "UIM", "ULEADER"),
    "dotcom IMOC": ("UIM", "ULEADER"),
    "dotcom CMOC": ("UCMOC", "UIM"),
}
TEAM_OF = {"UEOC": "dotcom EOC", "UIM": "dotcom IMOC", "UCMOC": "dotcom CMOC", "ULEADER": ""}
ROLE_OF = {"UEOC": EOC, "UIM": IM, "UCMOC": CMOC, "ULEADER": "Infrastructure Leader"}
OPEN = {Status.INVESTIGATING, Status.FIXING, Status.MONITORING}
HIGH = {Severity.S1, Severity.S2}


@dataclass
class Path:
    """A team's path as the model walks it: whom it calls, and until when."""

    team: str
    level: int
    due: datetime
    state: str = "pending"

    @property
    def person(self) -> str:
        return PATHS[self.team][self.level]

    def escalate(self, now: datetime) -> None:
        self.level = min(self.level + 1, len(PATHS[self.team]) - 1)
        self.due = now + FIFTEEN_MINUTES


@dataclass
class Model:
    """What one incident must be like."""

    severity: Severity
    lead: str
    now: datetime
    status: Status = Status.INVESTIGATING
    by_hand: bool = False
    im_engaged: bool = False
    paths: list[Path] = field(default_factory=list)

    def page(self) -> None:
        """Page the EOC and, when it is grave, the managers: not who is called, nor who answered."""
        teams = list(PATHS) if self.severity in HIGH else ["dotcom EOC"]
        for team in teams:
            if not any(self._covers(path, team) for path in self.paths):
                self.paths.append(Path(team, 0, self.now + FIFTEEN_MINUTES))

    def _covers(self, path: Path, team: str) -> bool:
        mine = path.team == team or TEAM_OF[path.person] == team
        return mine and path.state in ("pending", "acknowledged")

    def pending(self) -> list[Path]:
        return [path for path in self.paths if path.state == "pending"]

    def tick(self, now: datetime) -> None:
        for path in self.pending():
            if path.due <= now:
                path.escalate(now)

    def acknowledge(self, person: str, first: Path | None = None) -> None:
        """Answer the pages that call this person, the one that was pressed before the others."""
        mine = [path for path in self.pending() if path.person == person and path is not first]
        for path in ([first] if first else []) + mine:
            path.state = "acknowledged"
            role = ROLE_OF[path.person]
            takes = role == IM and self.severity in HIGH
            takes |= role == EOC and not (self.severity in HIGH and self.im_engaged)
            if takes and not self.by_hand:
                self.lead = person
            self.im_engaged |= role == IM


class Incidents(RuleBasedStateMachine):
    """The bot's desk and the model, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.handbook = replace(process(), investigating_limit=timedelta(days=300))
        self.office = Office(SqliteDatabase(MEMORY), self.handbook, self.clock)
        people = [Person(who, who.lower(), None, True, "UTC") for who in PEOPLE]
        self.office.perform(learned, people, [])
        self.models: dict[int, Model] = {}

    def teardown(self) -> None:
        self.office.database.close()

    # What happens

    @initialize(severity=st.sampled_from(Severity))
    def it_begins(self, severity: Severity) -> None:
        self.declare(severity)

    @rule(severity=st.sampled_from(Severity))
    def someone_declares(self, severity: Severity) -> None:
        self.declare(severity)

    def declare(self, severity: Severity) -> None:
        if len(self.models) < 3:
            draft = Draft("Disk full", "GitLab.com", severity)
            incident = self.office.perform(declare, draft, by="UREP", form=None)
            self.models[incident.id] = model = Model(severity, "UREP", self.clock.now())
            model.page()

    @precondition(lambda self: self.models)
    @rule(data=st.data(), by=st.sampled_from(["UEOC", "UIM", "ULEADER", "USOMEBODY"]))
    def someone_acknowledges(self, data: st.DataObject, by: str) -> None:
        number, model = self._some(data)
        waiting = model.pending()
        if not waiting:
            return
        path = data.draw(st.sampled_from(waiting))
        self.office.perform(acknowledge, self._page(number, path), by=by, taking=True)
        model.acknowledge(by, path)

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def someone_escalates(self, data: st.DataObject) -> None:
        number, model = self._some(data)
        waiting = model.pending()
        if waiting:
            path = data.draw(st.sampled_from(waiting))
            page_id = self._page(number, path)
            beside = [one.team for one in self.office.read(pages.pending_beside, page_id)]
            self.office.perform(escalate_now, page_id, by="UREP")
            for one in [path, *(other for other in waiting if other.team in beside)]:
                one.escalate(self.clock.now())

    @precondition(lambda self: self.models)
    @rule(data=st.data(), to=st.sampled_from(Severity))
    def the_severity_changes(self, data: st.DataObject, to: Severity) -> None:
        number, model = self._some(data)
        if to is model.severity or model.status not in OPEN:
            return
        self.office.perform(change_severity, number, to, by="UREP")
        graver = to in HIGH and model.severity not in HIGH
        model.severity, model.now = to, self.clock.now()
        if graver:
            model.page()

    @precondition(lambda self: self.models)
    @rule(data=st.data(), to=st.sampled_from(["UREP", "UEOC", "UIM", "USOMEBODY"]))
    def someone_takes_the_lead(self, data: st.DataObject, to: str) -> None:
        number, model = self._some(data)
        if to != model.lead:
            self.office.perform(hand_over, number, to, by=to)
            model.lead, model.by_hand = to, True

    @precondition(lambda self: self.models)
    @rule(data=st.data(), person=st.sampled_from(["UIM", "USOMEBODY"]))
    def a_role_is_given(self, data: st.DataObject, person: str) -> None:
        number, model = self._some(data)
        if self.office.read(roles.of, number).get(IM) != person:
            self.office.perform(assign_role, number, IM, person, by="UREP")
            model.im_engaged = True

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def the_lead_resolves(self, data: st.DataObject) -> None:
        number, model = self._some(data)
        if model.status in OPEN:
            if model.status is Status.INVESTIGATING:
                self.office.perform(change_status, number, Status.FIXING, by="UREP")
            self.office.perform(change_status, number, Status.RESOLVED, by=model.lead)
            model.status = Status.RESOLVED
            for path in model.pending():
                path.state = "cancelled"

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def someone_who_does_not_lead_cannot_resolve(self, data: st.DataObject) -> None:
        number, model = self._some(data)
        stranger = "UCMOC" if model.lead != "UCMOC" else "UREP"
        before = self.office.read(incidents.get, number)
        try:
            self.office.perform(change_status, number, Status.RESOLVED, by=stranger)
        except Refused:
            assert self.office.read(incidents.get, number) == before
        else:
            raise AssertionError("anybody may resolve")

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def it_comes_back(self, data: st.DataObject) -> None:
        number, model = self._some(data)
        if model.status not in OPEN:
            self.office.perform(reopen, number, "It came back", by="UREP")
            model.status = Status.INVESTIGATING

    @rule(minutes=st.sampled_from([1, 4, 5, 10, 15, 31]))
    def time_passes(self, minutes: int) -> None:
        for _ in range(minutes):
            self.clock.advance(minutes=1)
            self._tick()

    @rule(minutes=st.sampled_from([3, 14, 15, 40, 300]))
    def the_clock_jumps(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)
        self._tick()

    @rule(minutes=st.sampled_from([0, 20, 100]))
    def the_bot_is_away(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)
        self.office.desk = Desk(self.office.database, self.handbook, self.clock)
        self._tick()

    def _tick(self) -> None:
        asyncio.run(Ticks(self.office.desk).tick())
        for model in self.models.values():
            model.tick(self.clock.now())

    # What holds

    @invariant()
    def the_model_knows_who_is_called_until_when(self) -> None:
        for number, model in self.models.items():
            found = [(one.team, one.responder, one.due_at) for one in self._waiting(number)]
            assert sorted(found) == sorted((one.team, one.person, one.due) for one in model.pending())

    @invariant()
    def there_is_one_lead(self) -> None:
        for number, model in self.models.items():
            incident = self.office.read(incidents.get, number)
            assert (incident.lead, incident.status in OPEN) == (model.lead, model.status in OPEN)

    @invariant()
    def each_path_has_one_open_deadline_at_most(self) -> None:
        for number, model in self.models.items():
            chains = [one.chain for one in self._waiting(number)]
            assert len(chains) == len(set(chains))
            assert not chains or model.status in OPEN, "somebody is paged for what is over"

    @invariant()
    def the_timeline_goes_forward(self) -> None:
        rows = self.office.read(lambda tx: tx.all("SELECT incident, at FROM entries ORDER BY incident, id"))
        times = [(row["incident"], row["at"]) for row in rows]
        assert times == sorted(times)

    def _waiting(self, number: int) -> list[Page]:
        return self.office.read(pages.pending_of, number)

    def _page(self, number: int, path: Path) -> int:
        return next(one.id for one in self._waiting(number) if one.team == path.team)

    def _some(self, data: st.DataObject) -> tuple[int, Model]:
        number = data.draw(st.sampled_from(sorted(self.models)))
        return number, self.models[number]


TestIncidents = Incidents.TestCase
TestIncidents.settings = settings(
    max_examples=60,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
