"""A rehearsal: the bot itself in virtual time, on a database in memory, with a Slack that only listens.

Nothing here decides who is called: what is rehearsed is what the bot does.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import count
from operator import itemgetter
from typing import Any, Protocol, TypeAlias
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.clock import Clock, VirtualClock
from bot.config import Config, Secrets
from bot.config.calls import CallSettings
from bot.config.contact_methods import ADDRESS, ContactMethod
from bot.config.pagers import with_pagers
from bot.domain.errors import Refused
from bot.domain.incidents.fields import Required
from bot.domain.incidents.incident import Draft
from bot.domain.paging.calling import shown
from bot.domain.paging.pages import Page
from bot.domain.process import CHANNEL, Process
from bot.operations.incidents.declare import declare
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.workspace.people import learned
from bot.unit_of_work import UnitOfWork
from bot.views.rehearsal import Reader, Said, Script, why_of
from storage import clocks, contact_methods, incidents, pages, people, places
from storage.copying import Workspace, named_people, take_over
from storage.engines import open_database
from storage.people import Person
from storage.places import Place
from storage.sqlite import MEMORY
from storage.transaction import Tx

NAME = "Rehearsal"
REPORTER = Person("UREPORTER", "the reporter", None, active=True, tz=None)
_HOME = "https://rehearsal.slack.com/"
_SECRETS = Secrets("xoxb-rehearsal", signing_secret="rehearsal")  # noqa: S106 - opens nothing


class Deliveries(Protocol):
    """The delivery of what is rehearsed."""

    async def start(self) -> None: ...
    async def quiet(self) -> None: ...
    def wake(self) -> None: ...


class Ticks(Protocol):
    """What acts on its deadlines."""

    async def tick(self) -> object: ...


class Bot(Protocol):
    """The bot as a rehearsal needs it."""

    @property
    def uow(self) -> UnitOfWork: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def ticks(self) -> Ticks: ...
    async def stop(self) -> None: ...


Make: TypeAlias = Callable[..., Bot]
"""How the bot is made: the program's own wiring."""


async def _no_pause() -> None:
    """Go on at once."""


@dataclass(frozen=True, slots=True)
class Story:
    """What was said to whom, in its order, and the pages that nobody has answered in the end."""

    said: tuple[Said, ...]
    left: tuple[Page, ...]
    reader: Reader


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message as it was sent: `to` is a person's or a channel's id, or for a method who is called by it."""

    at: datetime
    to: str
    by: str
    text: str
    why: str = ""


class _Listener(AsyncWebClient):
    """Stands for Slack and for every contact method: it takes whatever is sent, and keeps what is said."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.heard: list[_Heard] = []
        self._clock = clock
        self._numbers = count(1)

    async def api_call(self, api_method: str, **how: Any) -> AsyncSlackResponse:
        """Answer as Slack does when all goes well."""
        given = {**(how.get("json") or {}), **(how.get("params") or {}), **(how.get("data") or {})}
        number, channel, now = next(self._numbers), str(given.get("channel", "")), self._clock.now()
        answer: dict[str, Any] = {"ok": True, "messages": [], "bookmarks": [], "url": _HOME}
        if api_method.startswith("conversations."):
            answer["channel"] = {"id": channel or f"C{number:08}", "name": given.get("name")}
        elif api_method == "chat.postMessage":
            answer["channel"] = f"D{channel}" if channel.startswith(("U", "W")) else channel
            answer["ts"] = f"{now.timestamp() + number / 1_000_000:.6f}"
            why = why_of(given.get("blocks") or [])
            self.heard.append(_Heard(now, channel, "Slack", str(given.get("text", "")), why))
        return AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data=answer,
            headers={},
            status_code=200,
        )

    async def carry(self, url: str, text: str) -> None:
        """Take what leaves by a contact method."""
        method, _, whose = url.partition("/")
        self.heard.append(_Heard(self._clock.now(), unquote(whose), method, text))


async def rehearse(
    make: Make,
    config: Config,
    script: Script,
    workspace: Workspace,
    pause: Callable[[], Awaitable[None]] = _no_pause,
) -> Story:
    """Declare the incident and let time pass, with the people and channels of a workspace.

    Of an empty one, everybody on call and every channel is there. Nothing is sent. Between two moments
    `pause` is awaited.
    """
    clock = VirtualClock(script.at)
    listener = _Listener(clock)
    database = open_database(MEMORY)
    take_over(database, workspace)
    muster = make(
        _leading_nowhere(config),
        _SECRETS,
        database=database,
        clock=clock,
        in_place=True,
        carrier=listener,
        web_client=listener,
    )
    try:
        await muster.deliveries.start()
        await muster.uow.perform(_settle_in, empty="places" not in workspace)
        made = await muster.uow.perform(declare, filled_in(config.process, script), by=REPORTER.id, form=None)
        await _play(muster, clock, script, made.id, listener.heard, pause=pause)
        return await muster.uow.read(_told, listener.heard, script.zone, made.id)
    finally:
        await muster.stop()


def filled_in(process: Process, script: Script) -> Draft:
    """Return the form as it is sent: it is not taken without the fields that it needs."""
    needed = [one.name for one in process.fields.values() if one.required is Required.DECLARE]
    kind, values = process.types[script.type], dict.fromkeys(needed, NAME)
    who = (REPORTER.id,) if kind.drill else ()  # practice calls whoever takes part
    return Draft(NAME, script.type, script.severity, private=kind.private, fields=values, practice=who)


def as_values(story: Story) -> dict[str, Any]:
    """Return a story as JSON has it."""
    left = [{"team": page.escalation.team, "role": page.escalation.role} for page in story.left]
    return {"said": [{**asdict(one), "at": one.at.isoformat()} for one in story.said], "unanswered": left}


async def _play(
    muster: Bot,
    clock: VirtualClock,
    script: Script,
    incident: int,
    heard: list[_Heard],
    *,
    pause: Callable[[], Awaitable[None]],
) -> None:
    """Let time pass from one deadline or answer to the next."""
    end, refused = script.at + script.lasts, set[int]()
    while True:
        await pause()
        await _settle(muster)
        answers = await muster.uow.read(next_answer, script, incident, refused)
        if answers and answers[0] <= clock.now():
            _, person, page = answers
            try:
                await muster.uow.perform(acknowledge, page, by=person)
                heard.append(_Heard(clock.now(), person, "", "acknowledges"))
            except Refused as why:
                refused.add(page)
                heard.append(_Heard(clock.now(), person, "", f"cannot acknowledge: {why}"))
            continue
        due = await muster.uow.read(clocks.next_due)
        until = min(filter(None, (due, answers and answers[0])), default=None)
        if until is None or until > end:
            return
        clock.advance((until - clock.now()).total_seconds())


async def _settle(muster: Bot) -> None:
    """Let all happen that is due now: twice, as what one deadline sets off may be due at once too."""
    for _ in range(2):
        await muster.ticks.tick()
        muster.deliveries.wake()
        await muster.deliveries.quiet()


def next_answer(
    tx: Tx, script: Script, incident: int, refused: Collection[int]
) -> tuple[datetime, str, int] | None:
    """Return when somebody acknowledges next, who, and the page that their message shows.

    None that they were `refused`.
    """
    waiting = [one for one in pages.pending_of(tx, incident) if one.id not in refused]
    answers = (
        (
            one.raised_at + script.answers_after,
            one.responder or "",
            shown([other for other in waiting if other.responder == one.responder]).id,
        )
        for one in waiting
        if not _silent(tx, script, one)
    )
    return min(answers, key=itemgetter(0, 2), default=None)


def _silent(tx: Tx, script: Script, page: Page) -> bool:
    if script.nobody or not page.responder or page.in_channel:
        return True
    known = people.get(tx, page.responder)
    names = (page.role, page.level_team, page.responder, *((known.name, known.email) if known else ()))
    return not {one.lower() for one in script.silent}.isdisjoint(name.lower() for name in names if name)


def _settle_in(tx: Tx, *, empty: bool) -> None:
    """Let whoever declares in; and into an `empty` workspace everybody and every channel that is named.

    Addresses that people added give way to whose they are: nothing of them is shown.
    """
    contact_methods.name_owners(tx)
    channels = _channels(tx.process) if empty else ()
    here = named_people(tx.process) if empty else ()
    learned(tx, [*here, REPORTER], [Place(f"CNAMED{n}", name, False) for n, name in enumerate(channels)])


def _channels(process: Process) -> Mapping[str, None]:
    levels = (level.call for team in process.teams.values() for level in team.path)
    called = [one.removeprefix(CHANNEL) for one in levels if one.startswith(CHANNEL)]
    announced = [name for kind in process.types.values() for name in (*kind.announce, kind.triage) if name]
    return dict.fromkeys([*announced, *called])


def _leading_nowhere(config: Config) -> Config:
    """Return the configuration with methods that lead nowhere, and each address replaced by whose it is. What
    is practised makes no issue and no call, and tells no tool and no customer.
    """
    contacts = {
        who: replace(contact, addresses=dict.fromkeys(contact.addresses, who))
        for who, contact in config.process.contacts.items()
    }
    methods = {name: ContactMethod(name, f"{name}/{ADDRESS}") for name in config.contact_methods}
    teams = with_pagers(config.process.teams, ())
    process = replace(config.process, contacts=contacts, teams=teams)
    return replace(
        config,
        process=process,
        contact_methods=methods,
        tracker=None,
        statuspage=None,
        webhooks=(),
        calls=CallSettings(),
        pagers=(),
    )


def _told(tx: Tx, heard: list[_Heard], zone: ZoneInfo, incident_id: int) -> Story:
    channels = {one.to: place.name for one in heard if (place := places.named(tx, one.to))}
    channels |= {one.channel: one.channel_name or "" for one in incidents.everyone(tx) if one.channel}
    reader = Reader(people.active_names(tx), channels, zone)
    said = [
        Said(
            one.at.astimezone(zone),
            _name(tx, one, reader),
            one.by,
            reader.plain(one.text),
            reader.plain(one.why),
        )
        for one in heard
    ]
    return Story(tuple(said), tuple(pages.pending_of(tx, incident_id)), reader)


def _name(tx: Tx, heard: _Heard, reader: Reader) -> str:
    """Return whom a message is for: a contact method knows them as the configuration names them."""
    person = people.named(tx, heard.to)
    return person.name if person else reader.channel(heard.to)
