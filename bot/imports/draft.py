"""What an export becomes: schedules, teams and people in the shape of `muster.yml`, and what was left."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from bot.config.handbook import TEAMS
from bot.config.values import LONGEST_NAME, channel, person
from bot.domain.oncall.overrides import NONE
from bot.domain.oncall.schedules import Turn
from bot.domain.oncall.shifts import shifts
from bot.domain.text import one_line
from bot.imports.exports import Item
from bot.imports.rotations import LayerDict, Rotation, Unwritable, layers_of, schedule_of, united

AHEAD = timedelta(weeks=8)
"""How far two rotations that run at once are looked for."""
MOST_REPEATS = 10
"""So often a path of Muster's begins anew."""
BY_HAND = "Enter it by hand"
OVERRIDE = "Enter it with `/inc override`"

Target = tuple[str, ...]
"""Who is paged at a level: `("schedule", its id)`, also with `"next"` behind, `("people", ...)`, or
`("channel", its name)`.
"""
Level = tuple[Sequence[Target], timedelta]
"""Those who are paged, and how long they have to answer."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the other product. Without an address nobody can page them."""

    address: str
    name: str
    phone: str = ""


class Draft:
    """Grows by what is read, in the order in which it is read."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._ahead = (now, now + AHEAD)
        self.schedules: dict[str, dict[str, Any]] = {}
        self.teams: dict[str, dict[str, Any]] = {}
        self.people: dict[str, dict[str, str]] = {}
        self.left: list[str] = []
        self.known: dict[str, Person] = {}
        self._named: dict[str, str] = {}
        self._paths: list[tuple[str, list[tuple[Target, timedelta]], dict[str, Any]]] = []
        self._together: dict[Target, str] = {}

    def leave(self, where: str, what: str, cure: str) -> None:
        """Note what is not carried over, where it stands in the export, and what to do instead."""
        line = f"{one_line(where)}: {one_line(what)}. {one_line(cure)}."
        if line not in self.left:
            self.left.append(line)

    def each(self, items: Iterable[Item], kind: str, convert: Callable[[Item, str], None]) -> None:
        """Convert items one by one. One of another shape is left."""
        for item in items:
            where = (
                f"{kind} `{item.get('name') or item.get('summary') or item.get('id') or 'without a name'}`"
            )
            try:
                convert(item, where)
            except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
                shape = f"has an unexpected shape ({type(error).__name__}: {error})"
                self.leave(where, shape, f"{BY_HAND}, or export it again")

    def know(self, ident: str, address: str, name: str, phone: str = "") -> None:
        """Remember a user, to be named by their e-mail address."""
        address = address.strip()
        self.known[ident] = Person(address.lower() if "@" in address else address, name, phone)

    def person(self, ident: str, shown: str, where: str) -> str:
        """Return how a user is named in `muster.yml`; for one without an address, by a placeholder."""
        known = self.known.get(ident)
        if known and _usable(known.address):
            if known.phone:
                self.people.setdefault(known.address, {"phone": known.phone})
            return known.address
        placeholder = f"unknown-{''.join(one for one in ident.lower() if one.isalnum())[:40]}@example.invalid"
        named = shown or (known.name if known else "") or ident
        self.leave(
            where,
            f"no e-mail address of `{named}` is in the export",
            f"Write theirs in the place of `{placeholder}`",
        )
        return placeholder

    def zone(self, name: str, where: str) -> ZoneInfo | None:
        """Return a time zone. With another than the one that is meant, hours would be wrong unnoticed."""
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
            cure = "Export it again with an IANA time zone such as Europe/Berlin"
            self.leave(where, f"its time zone `{name}` is unknown", cure)
            return None

    def schedule(
        self, item: Item, where: str, zone: ZoneInfo, levels: Sequence[Sequence[Rotation]], *, at_once: bool
    ) -> None:
        """Add a schedule of rotations, of which those of a later level win.

        With `at_once` all rotations of one level are on call together, which a layer says where it can.
        """
        layers: list[LayerDict] = []
        for level in levels:
            written = [
                (one, self._written(one, zone, where))
                for one in (united(level, self.now) if at_once else level)
            ]
            if at_once:
                self._apart(where, zone, [(one.name, found) for one, found in written if found])
            layers += [layer for _, found in written for layer in found]
        if not layers:
            self.leave(where, "nobody is on call in it from now on", "Nothing, if that is right")
            return
        name = _free(item.get("name"), self.schedules)
        self.schedules[name] = {"zone": zone.key, "layers": layers}
        self._named[str(item.get("id") or name)] = name

    def path(self, name: Any, where: str, levels: Sequence[Level], repeat: int = 0) -> None:
        """Note an escalation path that begins anew so often. Levels of which nothing is known are left."""
        found = [(target, timeout) for each, timeout in levels if (target := self._one_target(each, where))]
        found = list(self._without_odd_channels(found, where))
        if len({target for target, _ in found}) == 1:
            found = found[:1]  # the last level is called again and again
        if repeat > MOST_REPEATS:
            self.leave(where, f"it starts over {repeat} times; Muster {MOST_REPEATS} times", "Nothing")
        if found:
            more: dict[str, Any] = {"repeat": min(repeat, MOST_REPEATS)} if repeat > 0 else {}
            told = [target[1] for target, _ in found if target[0] == "channel"]
            self._paths.append((str(name), found, more | ({"channel": told[0]} if told else {})))
        else:
            self.leave(where, "it pages nobody that was carried over", BY_HAND)

    def finish(self) -> None:
        """Make the teams: one a path, one for whoever else is paged, and one a schedule that has none."""
        stands: dict[Target, str] = {}
        named = [
            (self._add_team(name, _called(levels)[0]), levels, more) for name, levels, more in self._paths
        ]
        for team, levels, _ in named:
            stands.setdefault(_called(levels)[0], team)
        for team, levels, more in named:
            own = {**stands, _called(levels)[0]: team}
            for target in _called(levels):
                if target not in own:
                    own[target] = stands[target] = self._add_team(self._shown(target), target)
            self.teams[team] |= {"path": [_level(own, team, *level) for level in levels], **more}
        led = {str(team["on_call"]) for team in self.teams.values()}
        for ident, name in self._named.items():
            if name not in led:
                self._add_team(name, ("schedule", ident))
        for name, entry in self.teams.items():
            entry.setdefault("path", [{"page": name}])

    def named(self, ident: str) -> str:
        """Return the name of a schedule that was carried over, or nothing."""
        return self._named.get(ident, "")

    def _written(self, rotation: Rotation, zone: ZoneInfo, where: str) -> list[LayerDict]:
        rotation = replace(rotation, name=_free(rotation.name, ()))
        try:
            found = layers_of(rotation, zone, self.now)
            if found:
                schedule_of("any", {"zone": zone.key, "layers": found})
        except (Unwritable, ValidationError, OverflowError) as error:
            why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
            self.leave(where, f"`{rotation.name}` cannot be written as a layer: {why}", BY_HAND)
            return []
        return found

    def _apart(self, where: str, zone: ZoneInfo, layers: Sequence[tuple[str, list[LayerDict]]]) -> None:
        """Say of rotations that run at once, and share no layer, that only the later one is paged."""
        busy = [
            (name, list(shifts(schedule_of(name, {"zone": zone.key, "layers": found}), NONE, *self._ahead)))
            for name, found in layers
        ]
        for (earlier, ours), (later, theirs) in combinations(busy, 2):
            if any(
                a.people and b.people and a.start < b.end and b.start < a.end for a in ours for b in theirs
            ):
                self.leave(
                    where,
                    f"`{earlier}` and `{later}` are on call at once; Muster pages those of `{later}` then",
                    "Make a schedule and a team of one of them if both are to be paged",
                )

    def _one_target(self, targets: Sequence[Target], where: str) -> Target | None:
        """Return who is paged at a level, as one team of Muster's can have it on call."""
        schedules = [one for one in targets if one[0] == "schedule" and one[1] in self._named]
        people: Turn = tuple(dict.fromkeys(who for one in targets if one[0] == "people" for who in one[1:]))
        channels = [one for one in targets if one[0] == "channel"]
        for one in targets:
            if one[0] == "schedule" and one not in schedules:
                self.leave(where, f"schedule `{one[1]}` at a level was not carried over", BY_HAND)
        found = [*schedules, *([("people", *people)] if people else []), *channels]
        if len(found) > 1:
            beside = ", ".join(map(self._shown, found[1:]))
            what = f"a level pages `{self._shown(found[0])}` and at once {beside}"
            self.leave(where, what, "A level pages one team: give the others a level of their own")
        return found[0] if found else None

    def _without_odd_channels(
        self, levels: Sequence[tuple[Target, timedelta]], where: str
    ) -> Iterator[tuple[Target, timedelta]]:
        """Leave the channels that no path can have: a second one, and one at the end."""
        last = max((n for n, (target, _) in enumerate(levels) if target[0] != "channel"), default=-1)
        told = next((target for target, _ in levels if target[0] == "channel"), None)
        for number, (target, timeout) in enumerate(levels):
            if target[0] == "channel" and (number > last or target != told):
                what = "the last level calls people" if number > last else "a team has one channel"
                self.leave(where, f"a level tells {self._shown(target)}, and {what}", BY_HAND)
            else:
                yield target, timeout

    def _shown(self, target: Target) -> str:
        if target[0] == "schedule":
            return self._named[target[1]]
        if target[0] == "channel":
            return f"#{target[1]}"
        more = f" and {len(target) - 2} more" if len(target) > 2 else ""
        return target[1].split("@")[0] + more

    def _add_team(self, name: str, target: Target) -> str:
        team = _free(name, {**self.teams, **TEAMS})
        self.teams[team] = {"on_call": self._on_call(target)}
        return team

    def _on_call(self, target: Target) -> Any:
        if target[0] == "schedule":
            return self._named[target[1]]
        if len(target) == 2:
            return [target[1]]
        # A team's list pages the first who is there; people who are all paged share a turn of a schedule.
        if target not in self._together:
            name = _free(self._shown(target), self.schedules)
            layer = {"rotation": "weekly", "handover": "monday 00:00", "start": "2026-01-05"}
            self.schedules[name] = {"zone": "UTC", "layers": [{**layer, "people": [list(target[1:])]}]}
            self._together[target] = name
        return self._together[target]


def written(duration: timedelta) -> str:
    """Return a duration as `muster.yml` has it."""
    seconds = round(duration.total_seconds())
    return f"{seconds}s" if seconds % 60 else f"{seconds // 60}m"


def _called(levels: Sequence[tuple[Target, timedelta]]) -> list[Target]:
    """Return what teams have on call for the levels of a path: a channel is of the path's own team."""
    return [_on_call_for(target) for target, _ in levels if target[0] != "channel"]


def _on_call_for(target: Target) -> Target:
    return target[:2] if target[0] == "schedule" else target


def _level(stands: Mapping[Target, str], team: str, target: Target, timeout: timedelta) -> dict[str, Any]:
    if target[0] == "channel":
        return {"page": team, "call": "channel", "timeout": written(timeout)}
    call = {"call": target[2]} if target[0] == "schedule" and len(target) > 2 else {}
    return {"page": stands[_on_call_for(target)], **call, "timeout": written(timeout)}


def channel_of(shown: Any) -> str:
    """Return the name of a channel as `muster.yml` has it, or nothing for what is none."""
    try:
        return channel(str(shown))
    except ValueError:
        return ""


def _usable(address: str) -> bool:
    try:
        return bool(person(address))
    except ValueError:  # PydanticCustomError is one
        return False


def _free(raw: Any, taken: Iterable[str]) -> str:
    """Return a name as `muster.yml` may hold it that differs from others by more than case."""
    name = one_line(str(raw or ""))[: LONGEST_NAME - 15].strip() or "unnamed"
    others = {one.lower() for one in taken}
    number = 1
    found = name
    while found.lower() in others:
        number += 1
        found = f"{name} {number}"
    return found
