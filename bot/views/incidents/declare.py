"""The form that declares an incident."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.errors import Malformed
from bot.domain.incidents.fields import DATA_CLASS, FieldType, Required
from bot.domain.incidents.fields import FOR_ITS_PEOPLE as FOR_ITS_OWN
from bot.domain.incidents.incident import Draft, Incident, Severity, Status
from bot.domain.incidents.severity_guide import SEVERITY_GUIDE
from bot.domain.incidents.timers import triage_limit
from bot.domain.paging.practice import lacks_people
from bot.domain.process import Process
from bot.domain.text import LONGEST_NAME, one_line
from bot.views.blocks import Block, Element, Message, actions, button, context, message, section
from bot.views.drill import says_drill
from bot.views.forms import INPUT, input_block, modal, option, radio, select, text_input
from bot.views.incidents import declare_as, fields, guide, practice
from bot.views.incidents.declare_as import NOTHING, Asked, Sort
from bot.views.incidents.state import State, chosen, typed, typed_line
from bot.views.maintenance import related
from bot.views.mrkdwn import capital, cut, escape, harmless, lasting, listed, person, when
from bot.views.naming import go_on, standing, title

OPEN, FORM = "panel_declare", "declare_form"
TYPE_CHOSEN = "declare_type"
ANYWHERE = "declare_anywhere"
FROM_MESSAGE = "declare_from_message"
JOIN = "declare_join:"
INSTEAD = {
    Sort.NEAR_MISS: "declare_near_miss",
    Sort.OVER: "declare_over",
    Sort.PRACTICE: "declare_practice",
}
"""The buttons of the form that ask for something else."""
MOST_RECENT = 5

NAME, TYPE, STATUS, SEVERITY, SUMMARY = "name", "type", "status", "severity", "summary"
VISIBILITY = "visibility"
VISIBILITY_OF_A_PRIVATE_TYPE = "visibility_private"
"""The same question under another id: Slack keeps an answer as long as the id stays."""

PROPOSED = 80
"""How many characters of a message are proposed as the name."""
FROM_PRIVATE = (
    ":warning: *This message is from a private conversation.* The form proposes a private incident. If you "
    "choose Everyone, the name and the quotation below are shown to everybody: take out what must not be."
)
IN_THE_OPEN = (
    ":warning: *Everybody will read what was said in private.* You chose Everyone: name and quotation below "
    "are announced. Take out what must not be read, or choose Private; else send it again."
)
FOR_ITS_PEOPLE = (
    ":warning: *{} data is for the incident's own people.* Private is chosen for you now. If everybody may "
    "read it all the same, choose Everyone and send it again."
)
_MARKUP = re.compile(r"[*~`]+|\(?https?://\S+")
ACTIVE, TRIAGE = "active", "triage"
EVERYONE, PRIVATE = "everyone", "private"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the form was asked for: the URL that answers there, and whether only some people read there.

    `told` says that whoever makes it public was asked about it. `recent` are the incidents that the form told
    of to whoever had declared a lot within a minute, `similar` those that may be the same. `classed` says
    that whoever makes public what holds data for its own people was asked about it. `running` is the
    maintenance that the form asks about: number and name. `sort` is what is declared.
    """

    answer: str = ""
    secret: bool = False
    told: bool = False
    recent: tuple[int, ...] = ()
    similar: tuple[int, ...] = ()
    classed: bool = False
    running: tuple[tuple[int, str], ...] = ()
    sort: Sort = Sort.USUAL

    def metadata(self) -> str:
        return json.dumps(asdict(self))


def origin(metadata: str) -> Origin:
    try:
        found = json.loads(metadata) if metadata else {}
        ids = {name: tuple(found.get(name, ())) for name in ("recent", "similar")}
        running = tuple((int(number), str(name)) for number, name in found.get("running", ()))
        sort = Sort(found.get("sort", ""))
        return Origin(**{**found, **ids, "running": running, "sort": sort})
    except (ValueError, TypeError, AttributeError):
        raise Malformed from None


def form(
    process: Process,
    *,
    name: str = "",
    summary: str = "",
    kind: str = "",
    status: str = "",
    severity: str = "",
    origin: Origin = Origin(),
    private: bool | None = None,
    values: Mapping[str, str] | None = None,
    before: Sequence[Block] = (),
    maintenance: str = "",
    asked: Asked = NOTHING,
) -> dict[str, Any]:
    """Return the form with what is known already, `values` of custom fields too. Private stays private."""
    sort, chosen_type = origin.sort, kind if kind in process.types else next(iter(process.types))
    as_private = process.types[chosen_type].private or origin.classed
    warning = [section(IN_THE_OPEN if origin.told else FROM_PRIVATE)] if origin.secret else []
    submit = "Page anyway" if origin.recent else "Show everybody" if origin.told else declare_as.SUBMIT[sort]
    return modal(
        declare_as.TITLE[sort],
        submit,
        FORM,
        [
            *(*before, *warning, *declare_as.said(sort)),
            _name(name),
            _type([*process.types], chosen_type),
            *([] if sort else [_status(status or ACTIVE)]),
            guide.ask(),
            _severity(severity, declare_as.SEVERITY.get(sort, "Severity")),
            *declare_as.blocks(sort, asked, drill=process.types[chosen_type].drill),
            _summary(summary),
            *_fields(process, chosen_type, values or {}),
            *([] if sort else related.asked(origin.running, maintenance)),
            _visibility(asked_as_private=as_private, secret=origin.secret, chosen=private),
            *([] if sort or before else [actions(*_others())]),
        ],
        origin.metadata(),
    )


def draft(state: State, process: Process, metadata: str, now: datetime) -> Draft | dict[str, str]:
    """Return what was entered, or what is wrong with it, by field."""
    sort, asked = origin(metadata).sort, declare_as.answered(state)
    severity, kind = chosen(state, SEVERITY), process.types.get(chosen(state, TYPE))
    errors = declare_as.wrong(sort, asked, now, drill=bool(kind and kind.drill))
    if severity not in set(Severity):
        errors[SEVERITY] = "Choose a severity. When in doubt, the higher one."
    if not kind:
        errors[TYPE] = f"Choose one of: {', '.join(process.types)}."
    if errors or not kind:
        return errors
    found, errors = _filled_in(state, process, kind.name, Severity(severity))
    if errors:
        return errors
    usual = Draft(
        name=typed_line(state, NAME),
        type=kind.name,
        severity=Severity(severity),
        triage=chosen(state, STATUS) == TRIAGE,
        summary=typed(state, SUMMARY),
        private=_is_private(state, private_type=kind.private),
        fields=found,
        maintenance=related.answer(state),
    )
    return declare_as.special(usual, sort, asked)


def after_type(
    state: State, process: Process, metadata: str = "", before: Sequence[Block] = ()
) -> dict[str, Any] | None:
    """Return the form for the type that was just chosen, or None when it asks the same as before."""
    kind = process.types.get(chosen(state, TYPE))
    if not kind:
        return None
    asked = {fields.block_of(one) for one in _required(process, kind.name)}
    as_private = VISIBILITY_OF_A_PRIVATE_TYPE in state
    whence = origin(metadata)
    who = whence.sort is Sort.PRACTICE or (kind.drill and not whence.sort)
    same = kind.private is as_private and who is declare_as.asks_who(state)
    if same and asked == {one for one in state if one.startswith(fields.BLOCK)}:
        return None
    return form(
        process,
        name=typed_line(state, NAME),
        summary=typed(state, SUMMARY),
        kind=kind.name,
        status=chosen(state, STATUS),
        severity=chosen(state, SEVERITY),
        origin=whence,
        values=_values(state, process),
        before=before,
        maintenance=chosen(state, related.QUESTION),
        asked=declare_as.answered(state),
    )


def still_asked(
    wrong: Mapping[str, str], state: State, process: Process, metadata: str
) -> dict[str, Any] | None:
    """Return the form with the question that it lacks: its type was chosen, and it could not be redrawn."""
    lacks = declare_as.PEOPLE in wrong and not declare_as.asks_who(state)
    return after_type(state, process, metadata) if lacks else None


def held_up(
    state: State,
    process: Process,
    metadata: str,
    recent: Sequence[Incident],
    joined: Incident | str | None = None,
) -> dict[str, Any]:
    """Return the form as it was filled in, with what the same person declared just before.

    `joined` is what they were let into just now, or why they were not.
    """
    shown = recent[:MOST_RECENT]
    whence = replace(origin(metadata), recent=tuple(one.id for one in shown))
    return _once_more(state, process, whence, _recently(shown, joined))


def once_joined(state: State, process: Process, metadata: str, known: Sequence[Block]) -> dict[str, Any]:
    """Return the form as it was filled in, below the similar incidents, one of which was joined."""
    return _once_more(state, process, origin(metadata), known)


def alike(similar: Sequence[Incident], now: datetime, joined: Incident | str | None = None) -> list[Block]:
    """Show the open incidents that may be the same, each with a way in instead of a new one."""
    if not similar:
        return []
    lines = [f"{title(one)} ({one.severity}), {lasting(now - one.declared_at)} ago" for one in similar]
    said = "\n".join(["*Is it one of these?* Then join it instead.", *lines])
    buttons = [button(f"Join INC-{one.id} instead", f"{JOIN}{one.id}", one.id) for one in similar]
    close = [context("You need not send this form: close it.")] if isinstance(joined, Incident) else []
    return [section(said + _let_in(joined)), actions(*buttons), *close]


def _let_in(joined: Incident | str | None) -> str:
    if isinstance(joined, str):
        return f"\n:warning: {harmless(joined)}"
    if not joined:
        return ""
    where = f", <#{joined.channel}>." if joined.channel else " as soon as it opens."
    return f"\n:white_check_mark: You are let into INC-{joined.id}'s channel{where}"


def gives_away(entered: Draft, metadata: str) -> bool:
    """Say whether something said in private would be announced without having been asked about."""
    whence = origin(metadata)
    return whence.secret and not entered.private and not whence.told


def in_the_open(state: State, process: Process, metadata: str) -> dict[str, Any]:
    """Return the form as it was filled in, and ask whether everybody may read what was said in private."""
    return _once_more(state, process, replace(origin(metadata), told=True), ())


def exposes(entered: Draft, metadata: str) -> bool:
    """Say whether data that is for its own people would be public without having been asked about."""
    classed = entered.fields.get(DATA_CLASS) in FOR_ITS_OWN
    return classed and not entered.private and not origin(metadata).classed


def for_its_people(entered: Draft, state: State, process: Process, metadata: str) -> dict[str, Any]:
    """Return the form as it was filled in, with Private chosen, and say why."""
    whence = replace(origin(metadata), classed=True)
    said = section(FOR_ITS_PEOPLE.format(entered.fields[DATA_CLASS]))
    return _once_more(state, process, whence, [said], private=True)


def instead(state: State, process: Process, metadata: str, sort: Sort) -> dict[str, Any]:
    """Return the form as it was filled in, for something else that is declared."""
    return _once_more(state, process, replace(origin(metadata), sort=sort), ())


def _others() -> Iterator[Element]:
    """Return the buttons to what is no emergency."""
    labels = {
        Sort.NEAR_MISS: "It is a near miss",
        Sort.OVER: "It is over already",
        Sort.PRACTICE: "Only practise",
    }
    return (button(labels[sort], action_id, sort.value) for sort, action_id in INSTEAD.items())


def _once_more(
    state: State, process: Process, whence: Origin, before: Sequence[Block], *, private: bool = False
) -> dict[str, Any]:
    kind = process.types.get(chosen(state, TYPE))
    return form(
        process,
        name=typed_line(state, NAME),
        summary=typed(state, SUMMARY),
        kind=chosen(state, TYPE),
        status=chosen(state, STATUS),
        severity=chosen(state, SEVERITY),
        origin=whence,
        private=private or _is_private(state, private_type=bool(kind and kind.private)),
        values=_values(state, process),
        before=before,
        maintenance=chosen(state, related.QUESTION),
        asked=declare_as.answered(state),
    )


def first_words(text: str) -> str:
    """Return the beginning of a message as a name: one line, cut at a word, without markup."""
    line = one_line(_MARKUP.sub("", text))
    return line if len(line) <= PROPOSED else line[:PROPOSED].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"


def needs_form(process: Process, draft: Draft) -> bool:
    """Say whether a draft lacks what only the form asks for."""
    needed = (one for one in _required(process, draft.type) if draft.severity in (one.severities or Severity))
    return lacks_people(draft, process.types[draft.type]) or any(
        one.name not in draft.fields for one in needed
    )


@says_drill
def made(incident: Incident, called: list[str]) -> Message:
    """Say to whoever declared, where they did it, what was made and who is being paged."""
    verb = "is waiting for triage" if incident.status is Status.TRIAGE else "is declared"
    whom = f"Being paged: {', '.join(map(escape, called))}." if called else "Nobody is paged yet."
    if incident.status is Status.TRIAGE:
        limit = lasting(triage_limit(incident.severity))
        whom = f"Who is on call decides whether it is an incident, and is paged in {limit} at the latest."
    if incident.near_miss:
        verb, whom = "is noted", f"Nobody is paged. {capital(person(incident.lead))} owns it and its review."
    elif incident.retrospective:
        verb, whom = "is declared as over", "Nobody is paged."
        if incident.resolved_at and incident.publicity.impact_began_at:  # "11:00" may be of yesterday
            began, ended = map(when, (incident.publicity.impact_began_at, incident.resolved_at))
            whom += f" It happened {began} and was over {ended}."
    if incident.practice:
        whom = f"{whom} {practice.who_is_called(incident)}"
    link = "Its channel is being opened: my direct message to you has the link."
    way = f"{go_on(incident)}." if incident.channel else link
    return message(f"*{title(incident)}* ({standing(incident)}) {verb}. {whom} {way}")


def made_before(incident: Incident) -> Message:
    """Say to whoever typed the same twice that it is declared once."""
    return message(
        f"*{title(incident)}* ({standing(incident)}) is declared already: you typed the same a moment ago. "
        f"{go_on(incident)}."
    )


def quoted(author: str, text: str, address: str) -> str:
    """Return a message as the beginning of a summary; the link stays, however long the message is."""
    start, end = f"{author} wrote:\n", f"\n{address}"
    lines = "\n".join(f"> {line}" for line in (text or "(a message without text)").split("\n"))
    return start + cut(lines, INPUT - len(start) - len(end)) + end


def _name(initial: str) -> dict[str, Any]:
    hint = "What is wrong, in a few words"
    element = text_input(NAME, initial=initial, max_length=LONGEST_NAME, placeholder=hint)
    return input_block("Name", element, NAME, optional=True)


def _summary(initial: str) -> dict[str, Any]:
    hint = "What do you see? Since when?"
    element = text_input(SUMMARY, initial=initial, multiline=True, placeholder=hint)
    return input_block("Summary", element, SUMMARY, optional=True)


def _required(process: Process, kind: str) -> list[FieldType]:
    """Return the fields that are required at declare for a type, at any severity."""
    asked = (one for one in process.fields.values() if one.required is Required.DECLARE)
    return [one for one in asked if one.of_type(kind)]


def _fields(process: Process, kind: str, values: Mapping[str, str]) -> Iterator[Block]:
    for one in _required(process, kind):
        hint = f"For {listed(one.severities)}." if one.severities else ""
        shown = values.get(one.name, "")
        yield fields.given(one, shown, before="", optional=bool(one.severities), hint=hint)


def _values(state: State, process: Process) -> dict[str, str]:
    known = [one for one in process.fields.values() if fields.block_of(one) in state]
    return {one.name: fields.value_in(state, one) for one in known}


def _filled_in(
    state: State, process: Process, kind: str, severity: Severity
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values of custom fields, and what is wrong, by block."""
    known = _required(process, kind)
    found, wrong = fields.entered(state, known)
    needed = [one for one in known if severity in one.severities or not one.severities]
    missing = {fields.block_of(one): "This is needed." for one in needed if not found.get(one.name)}
    return {name: value for name, value in found.items() if value}, missing | wrong


def _type(types: list[str], initial: str) -> dict[str, Any]:
    choice = select(TYPE_CHOSEN, [option(name, name) for name in types], initial=initial)
    return input_block("Incident type", choice, TYPE) | {"dispatch_action": True}


def _status(initial: str) -> dict[str, Any]:
    options = [
        option("Active incident", ACTIVE, "The on-call people are paged at once"),
        option("Triage a problem", TRIAGE, "First somebody decides whether it is an incident"),
    ]
    return input_block("Initial status", radio(STATUS, options, initial=initial), STATUS)


def _severity(initial: str, label: str) -> dict[str, Any]:
    options = [option(f"{each}{_EXTREMES.get(each, '')}", each, SEVERITY_GUIDE[each]) for each in Severity]
    return input_block(label, radio(SEVERITY, options, initial=initial), SEVERITY)


def _recently(recent: Sequence[Incident], joined: Incident | str | None) -> list[Block]:
    lines = [f"{title(one)} ({one.severity})" for one in recent]
    said = "You have declared a lot in the last minute. Is this one of them?\n" + "\n".join(lines)
    said += _let_in(joined)
    buttons = [button(f"Join INC-{one.id}", f"{JOIN}{one.id}", one.id) for one in recent]
    row = [actions(*buttons)] if buttons else []
    return [section(said), *row, context("Nothing that you typed is lost.")]


def _visibility(*, asked_as_private: bool, secret: bool, chosen: bool | None) -> dict[str, Any]:
    block_id = VISIBILITY_OF_A_PRIVATE_TYPE if asked_as_private else VISIBILITY
    private = asked_as_private or secret if chosen is None else chosen
    options = [
        option("Everyone (public)", EVERYONE, "Announced; anybody may join the channel"),
        option("Private", PRIVATE, "Only people who are in its channel know of it"),
    ]
    choice = radio(VISIBILITY, options, initial=PRIVATE if private else EVERYONE)
    hint = "Contains ORANGE or YELLOW data? Choose Private. RED data never belongs here."
    return input_block("Who should be able to see this incident?", choice, block_id, hint=hint)


def _is_private(state: State, *, private_type: bool) -> bool:
    """Say whether it is private. A private type stays so until the form has asked about it as such."""
    if private_type:
        return chosen(state, VISIBILITY_OF_A_PRIVATE_TYPE) != EVERYONE
    return PRIVATE in {chosen(state, VISIBILITY), chosen(state, VISIBILITY_OF_A_PRIVATE_TYPE)}


_EXTREMES = {Severity.S1: " (worst)", Severity.S4: " (least)"}
