"""How a person is called, in a browser: their contact methods, their rules, and the last test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup

from bot.domain.paging.contact_methods import CODE_HOLDS, OwnMethod, VerificationCode
from bot.domain.paging.notification_rules import Loudness
from bot.domain.paging.notification_tests import FIRST_CONTACT_METHOD, MethodTest, NotificationTest
from bot.domain.process import Notice
from bot.views.browser.forms import Filled
from bot.views.browser.rich import Reader
from bot.views.mrkdwn import lasting
from bot.views.paging.own_contact_methods import (
    ASKED_TO_REMOVE,
    HINTS,
    MEANT,
    MINUTES,
    NOT_BY_ITSELF,
    Reach,
    rule_of,
    spoken,
)

METHOD, ADDRESS, CODE, LOUDNESS, AFTER = "method", "address", "code", "loudness", "after:"
"""Fields of the forms. `AFTER` stands before the name of a contact method."""
DONE: Mapping[str, str] = {
    "added": "A code of six digits is on its way there. Enter it below: until then nothing changes.",
    "again": "A new code is on its way. The earlier one holds no longer.",
    "verified": "The address is verified. Pages leave by it from now on.",
    "removed": ASKED_TO_REMOVE,
    "tested": "The test is on its way: look at my direct message, and at each of your contact methods.",
    "rule": "The rule is kept.",
    "default": "The default counts for you again.",
}
"""What is said after a form."""


@dataclass(frozen=True, slots=True)
class Own:
    """An address that somebody added, and what is to be done to verify it."""

    id: int
    address: str
    state: Markup
    verified: bool
    takes_code: bool
    form: Filled


@dataclass(frozen=True, slots=True)
class Way:
    """A contact method: from where its address is, and what the person added."""

    name: str
    kind: str
    configured: str
    own: Sequence[Own]
    form: Filled
    hint: str


@dataclass(frozen=True, slots=True)
class Rule:
    loudness: str
    meant: str
    spoken: str
    own: bool
    fields: Sequence[tuple[str, str, Sequence[tuple[str, str]], str]]
    """Of each contact method: its name, what stands beside it, the times to choose from, and which is."""
    form: Filled


@dataclass(frozen=True, slots=True)
class Scene:
    """What the page shows, of one person. `forms` has the one that was refused, and `""`, an empty one."""

    reach: Reach
    last: NotificationTest | None
    forms: Mapping[str, Filled]
    now: datetime
    reader: Reader


def shown(scene: Scene, done: str) -> Mapping[str, Any]:
    """Return what the template is rendered with."""
    reach, last = scene.reach, scene.last
    return {
        "title": "How I am called",
        "ways": [_way(number, name, scene) for number, name in enumerate(reach.kinds)],
        "only_slack": not reach.contact.addresses,
        "rules": [_rule(one, reach, scene.forms) for one in Loudness],
        "last": [_tested(one, scene.reader) for one in last.ways] if last else [],
        "last_at": scene.reader.time(last.begun_at) if last else None,
        "said": DONE.get(done, ""),
        "refused": any(one.wrong for one in scene.forms.values()),
    }


def _way(number: int, name: str, scene: Scene) -> Way:
    kind = scene.reach.kinds[name]
    mine = [(method, code) for method, code in scene.reach.own if method.name == name]
    used = scene.reach.contact.addresses.get(name, "")
    configured = "" if any(method.verified_at for method, _ in mine) else used
    own = [_own(method, code, scene) for method, code in mine]
    return Way(name, kind.value, configured, own, _form(scene.forms, f"add-{number}"), HINTS[kind])


def _own(method: OwnMethod, code: VerificationCode | None, scene: Scene) -> Own:
    holds = bool(code and not code.error and code.holds(scene.now))
    verified, form = bool(method.verified_at), _form(scene.forms, f"code-{method.id}")
    state = _state(method, code, scene, holds=holds)
    return Own(method.id, method.address, state, verified, holds and not verified, form)


def _state(method: OwnMethod, code: VerificationCode | None, scene: Scene, *, holds: bool) -> Markup:
    if method.verified_at:
        return Markup("verified {}").format(scene.reader.time(method.verified_at))
    said = Markup('<strong class="warn">not verified</strong>: {}')
    if code and code.error:
        return said.format(f"the code could not be sent ({code.error})")
    if code and holds:
        until = scene.reader.time(code.sent_at + CODE_HOLDS, day=False)
        return said.format(Markup("a code was sent, which holds until {}").format(until))
    return said.format("the code that was sent holds no longer")


def _form(forms: Mapping[str, Filled], name: str) -> Filled:
    """Return the form of this name as it was sent, or an empty one."""
    return forms.get(name) or Filled(name, forms[""].once)


def _rule(loudness: Loudness, reach: Reach, forms: Mapping[str, Filled]) -> Rule:
    present = rule_of(loudness, reach)
    waits = {one.contact_method: one for one in present}
    form = _form(forms, f"rule-{loudness}")
    fields = [
        (
            name,
            "" if name in reach.contact.addresses else "you have none yet",
            _times(waits.get(name)),
            form.value(f"{AFTER}{name}") or _seconds(waits.get(name)),
        )
        for name in reach.kinds
    ]
    said = spoken(present, reach.contact, plain=True)
    return Rule(loudness.value, MEANT[loudness], said, loudness in reach.own_rules, fields, form)


def _seconds(notice: Notice | None) -> str:
    return str(int(notice.after.total_seconds())) if notice else NOT_BY_ITSELF


def _times(present: Notice | None) -> list[tuple[str, str]]:
    seconds = {60 * one for one in MINUTES} | ({int(present.after.total_seconds())} if present else set())
    each = [
        (str(one), f"after {lasting(timedelta(seconds=one))}" if one else "now") for one in sorted(seconds)
    ]
    return [(NOT_BY_ITSELF, "only when Slack fails"), *each]


def _tested(way: MethodTest, reader: Reader) -> Markup:
    """Say what became of a test by one contact method."""
    name = "Slack" if way.contact_method == FIRST_CONTACT_METHOD else way.contact_method
    if way.error:
        return Markup('<bdi>{}</bdi>: <strong class="bad">failed</strong>: {}').format(name, way.error)
    if way.confirmed_at:
        said = Markup('<strong class="ok">arrived</strong> {}').format(reader.time(way.confirmed_at))
    elif way.handed_at:
        said = Markup("handed over {}, not confirmed").format(reader.time(way.handed_at))
    else:
        said = Markup("on its way")
    return Markup("<bdi>{}</bdi>: {}").format(name, said)
