"""Whatever people and time do, in whatever order: a small model knows who is paged next, and who leads."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Draft, Severity, Status
from bot.domain.paging import engagement
from bot.domain.paging.calling import companions
from bot.domain.paging.pages import Page
from bot.domain.process import CMOC, EOC, IM
from bot.operations.incidents.declare import declare
from bot.operations.incidents.lifecycle import change_status, reopen
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.incidents.severity import change_severity
from bot.operations.paging.acknowledge import acknowledge, acknowledge_incident
from bot.operations.paging.escalate import escalate_now
from bot.operations.workspace.people import learned
from bot.unit_of_work import UnitOfWork
from scheduler.ticks import Ticks
from storage import incidents, pages, roles
from storage.people import Person
from storage.sqlite import MEMORY, SqliteDatabase
from storage.transaction import Row, Tx
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
    """A team's path as the model walks it: whom it calls and has called, until when, and who answered."""

    team: str
    level: int
    due: datetime
    state: str = "pending"
    person: str = ""
    called: list[str] = field(default_factory=list)
    answered_by: str = ""

    def call(self, level: int, person: str, now: datetime) -> None:
        self.level, self.person, self.due = level, person, now + FIFTEEN_MINUTES
        self.called.append(person)

    @property
    def role(self) -> str:
        return ROLE_OF[PATHS[self.team][self.level]]


@dataclass
class Model:
    """What one incident must be like. `held` says of each role who holds it, since when, and if by hand."""

    severity: Severity
    lead: str
    now: datetime
    status: Status = Status.INVESTIGATING
    by_hand: bool = False
    was_high: bool = False
    paths: list[Path] = field(default_factory=list)
    held: dict[str, tuple[str, datetime, bool]] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    """Who was given a role by hand, also before a reopening."""

    def engaged(self) -> set[str]:
        return {person for person, *_ in self.held.values()}

    def holder(self, role: str) -> str | None:
        return self.held[role][0] if role in self.held else None

    def page(self, *, upgrade: bool = False, back: bool = False) -> None:
        """Page the EOC and, when it is grave, the managers: not who is called, nor who is engaged.

        When the problem is back, whoever was chosen for a role is called for it.
        """
        teams = list(PATHS) if self.severity in HIGH else ["dotcom EOC"]
        waiting = self.pending()
        for team in teams:
            person = PATHS[team][0]
            role = ROLE_OF[person]
            if any(team in {path.team, TEAM_OF[PATHS[path.team][path.level]]} for path in waiting):
                continue
            if upgrade and self._stays(role, person):
                continue
            self.held.pop(role, None)
            self.paths.append(path := Path(team, 0, self.now))
            path.call(0, self.chosen.get(role, person) if back else person, self.now)

    def _stays(self, role: str, on_call: str) -> bool:
        if role not in self.held:
            return False
        person, since, by_hand = self.held[role]
        if self.now - since > timedelta(minutes=30):
            return False
        return by_hand or (person == on_call and (role != IM or self.was_high))

    def pending(self) -> list[Path]:
        return [path for path in self.paths if path.state == "pending"]

    def escalate(self, path: Path, now: datetime) -> None:
        """Call the next level, or rest there with whoever is engaged already."""
        level = min(path.level + 1, len(PATHS[path.team]) - 1)
        usual = PATHS[path.team][level]
        person = self.holder(ROLE_OF[usual]) or usual
        if person in self.engaged():
            path.level, path.state, path.answered_by = level, "acknowledged", person
        else:
            path.call(level, person, now)

    def tick(self, now: datetime) -> None:
        for path in self.pending():
            if path.due <= now:
                self.escalate(path, now)

    def roles_of(self, path: Path, by: str) -> list[str]:
        on_path = PATHS[path.team]
        called = [ROLE_OF[who] for who in on_path if who == by and by in path.called]
        stood_for = [ROLE_OF[on_path[level]] for level in range(len(on_path)) if by == on_path[level]]
        holding = sorted(role for role, (who, *_) in self.held.items() if who == by)
        if by in path.called and not called:
            called = [path.role]
        return called or stood_for[:1] or holding[:1] or [path.role]

    def acknowledge(self, by: str, first: Path, now: datetime) -> None:
        """Answer what was pressed, what calls this person or moved on past them, and what is their role's."""
        before = dict(self.held)
        as_whom = self.roles_of(first, by)
        others = [
            path
            for path in self.pending()
            if path is not first and (by in path.called or path.role in as_whom)
        ]
        answers = [(path, self.roles_of(path, by)) for path in [first, *others]]
        assert before == self.held
        for path, roles_given in answers:
            path.state, path.answered_by = "acknowledged", by
            for role in roles_given:
                self.give(role, by, now, wanted=ROLE_OF[PATHS[path.team][0]])

    def give(self, role: str, by: str, now: datetime, *, wanted: str) -> None:
        high = self.severity in HIGH
        confirmed = self.lead in {person for person, *_ in self.held.values()}
        takes = (role == IM and high) or (role == EOC and not (high and IM in self.held))
        takes |= wanted in {EOC, IM} and self.lead == "UREP" and not confirmed
        if takes and not self.by_hand:
            self.lead = by
        self.held[role] = (by, now, False)
        self.chosen.pop(role, None)

    def come_late(self, by: str, now: datetime) -> None:
        """Answer what calls this person or has passed them; else take what a stand-in answered."""
        theirs = [path for path in self.pending() if by in path.called]
        if theirs:
            now_calling = [path for path in theirs if path.person == by]
            self.acknowledge(by, (now_calling or theirs)[0], now)
            return
        for path in self.paths:
            role = ROLE_OF[PATHS[path.team][0]]
            moved_on = path.level > 0 or (path.state == "acknowledged" and path.answered_by != by)
            if PATHS[path.team][0] == by and moved_on and role not in self.held:
                late = Path(path.team, 0, now, "acknowledged", by, [by], by)
                self.paths.append(late)
                self.give(role, by, now, wanted=role)
                return


class Incidents(RuleBasedStateMachine):
    """The bot's unit of work and the model, side by side."""

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
            model.was_high = severity in HIGH
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
        model.acknowledge(by, path, self.clock.now())

    @precondition(lambda self: self.models)
    @rule(data=st.data(), by=st.sampled_from(["UEOC", "UIM", "ULEADER", "USOMEBODY"]))
    def someone_answers_for_themselves(self, data: st.DataObject, by: str) -> None:
        number, model = self._some(data)
        if model.status in OPEN:
            self.office.perform(acknowledge_incident, number, by=by)
            model.come_late(by, self.clock.now())

    @precondition(lambda self: self.models)
    @rule(data=st.data())
    def someone_escalates(self, data: st.DataObject) -> None:
        number, model = self._some(data)
        waiting = model.pending()
        if waiting:
            path = data.draw(st.sampled_from(waiting))
            page_id = self._page(number, path)
            page = self.office.read(pages.get, page_id)
            others = companions(page, self._waiting(number))
            teams = [one.escalation.team for one in others]
            self.office.perform(escalate_now, page_id, by="UREP")
            for one in [path, *(other for other in waiting if other.team in teams)]:
                model.escalate(one, self.clock.now())

    @precondition(lambda self: self.models)
    @rule(data=st.data(), to=st.sampled_from(Severity))
    def the_severity_changes(self, data: st.DataObject, to: Severity) -> None:
        number, model = self._some(data)
        if to is model.severity or model.status not in OPEN:
            return
        self.office.perform(change_severity, number, to, by="UREP", reason="a correction needs one")
        graver = to in HIGH and model.severity not in HIGH
        model.severity, model.now = to, self.clock.now()
        if graver:
            model.page(upgrade=True)
        model.was_high = to in HIGH

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
            model.held[IM] = (person, self.clock.now(), True)
            model.chosen[IM] = person
            for path in model.pending():
                if path.role == IM or path.team == "dotcom IMOC":
                    path.state = "cancelled"

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
            model.held, model.paths = {}, []
            model.now = self.clock.now()
            model.page(back=True)

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
        self.office.uow = UnitOfWork(self.office.database, self.handbook, self.clock)
        self._tick()

    def _tick(self) -> None:
        before = self.office.read(_entries)
        asyncio.run(Ticks(self.office.uow).tick())
        for model in self.models.values():
            model.tick(self.clock.now())
        self._nothing_loud_is_said_while_somebody_is_at_work(self.office.read(_entries)[len(before) :])

    def _nothing_loud_is_said_while_somebody_is_at_work(self, entries: list[Row]) -> None:
        for entry in entries:
            said = json.loads(entry["data"])
            loud = entry["kind"] == "nobody" or (entry["kind"] == "escalated" and said["round"] > 1)
            engaged = self.models[entry["incident"]].engaged()
            assert not loud or said["quiet"] == bool(engaged), (entry, engaged)

    # What holds

    @invariant()
    def the_model_knows_who_is_called_until_when(self) -> None:
        for number, model in self.models.items():
            found = [
                (one.escalation.team, one.responder, one.escalation.due_at) for one in self._waiting(number)
            ]
            assert sorted(found) == sorted((one.team, one.person, one.due) for one in model.pending())

    @invariant()
    def there_is_one_lead(self) -> None:
        for number, model in self.models.items():
            incident = self.office.read(incidents.get, number)
            assert (incident.lead, incident.status in OPEN) == (model.lead, model.status in OPEN)

    @invariant()
    def each_path_has_one_open_deadline_at_most(self) -> None:
        for number, model in self.models.items():
            chains = [one.escalation.id for one in self._waiting(number)]
            assert len(chains) == len(set(chains))
            assert not chains or model.status in OPEN, "somebody is paged for what is over"

    @invariant()
    def nobody_who_is_engaged_is_called_nor_anybody_in_their_place(self) -> None:
        for number, model in self.models.items():
            engaged = engagement.engaged(self.office.read(roles.holders, number))
            held = {one.role for one in self.office.read(roles.holders, number) if one.engaged}
            assert engaged == model.engaged()
            for page in self._waiting(number):
                assert page.responder not in engaged or page.level == 0, "called again"
                assert page.role not in held, "somebody else is called for what has a holder"

    @invariant()
    def one_person_has_one_call_in_flight_for_one_incident(self) -> None:
        for number in self.models:
            called = {
                (one.responder, one.notification and one.notification.id) for one in self._waiting(number)
            }
            assert len(called) == len({responder for responder, _ in called})

    @invariant()
    def the_timeline_goes_forward(self) -> None:
        rows = self.office.read(lambda tx: tx.all("SELECT incident, at FROM entries ORDER BY incident, id"))
        times = [(row["incident"], row["at"]) for row in rows]
        assert times == sorted(times)

    def _waiting(self, number: int) -> list[Page]:
        return self.office.read(pages.pending_of, number)

    def _page(self, number: int, path: Path) -> int:
        return next(one.id for one in self._waiting(number) if one.escalation.team == path.team)

    def _some(self, data: st.DataObject) -> tuple[int, Model]:
        number = data.draw(st.sampled_from(sorted(self.models)))
        return number, self.models[number]


def _entries(tx: Tx) -> list[Row]:
    return tx.all("SELECT * FROM entries ORDER BY id")


def examples(number: int) -> settings:
    return settings(
        max_examples=number,
        stateful_step_count=50,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )


class TestIncidents(Incidents.TestCase):  # type: ignore[misc,valid-type]
    settings = examples(15)


@pytest.mark.proof
class TestManyIncidents(Incidents.TestCase):  # type: ignore[misc,valid-type]
    settings = examples(60)
