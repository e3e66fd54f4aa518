"""The workspace that a sandbox opens with, as a YAML file describes it."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.files import Place, YamlFile, read_yaml
from sandbox.state import Json

WORLD = Path(__file__).with_name("world.yml")

TEAM: dict[str, type] = {"id": str, "name": str, "domain": str, "begin": str}
PERSON: dict[str, type] = {
    **dict.fromkeys(("id", "handle", "real_name", "email", "title", "tz", "phone"), str),
    **dict.fromkeys(("deleted", "guest", "admin", "active"), bool),
}
CHANNEL: dict[str, type] = {
    **dict.fromkeys(("id", "name", "creator", "topic", "purpose"), str),
    **dict.fromkeys(("private", "general"), bool),
    "members": list,
}
GROUP: dict[str, type] = {**dict.fromkeys(("id", "handle", "name", "description"), str), "members": list}
SECTIONS: dict[str, tuple[dict[str, type], str, str]] = {
    "people": (PERSON, "handle", "U"),
    "channels": (CHANNEL, "name", "C"),
    "groups": (GROUP, "handle", "S"),
}
DEFAULT_TEAM = {"id": "T0SANDBOX1", "name": "Sandbox", "domain": "sandbox"}
HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]{0,20}")
NAME = re.compile(r"[a-z0-9_-]{1,80}")


def read_world(path: Path = WORLD) -> Json:
    """Read and complete a world. Raises Unusable, which names every line that is wrong."""
    file = read_yaml(path)
    top: dict[str, type] = {"team": dict, **dict.fromkeys(SECTIONS, list)}
    file.fields((), file.data, top, ("people",))
    world: Json = file.data if isinstance(file.data, dict) else {}
    if isinstance(team := world.get("team"), dict):
        file.fields(("team",), team, TEAM, ())
    for section, (known, name, _) in SECTIONS.items():
        if isinstance(items := world.get(section), list):
            for number, item in enumerate(items):
                if file.fields((section, number), item, known, (name,)):
                    for place, member in enumerate(item.get("members", [])):
                        file.has((section, number, "members", place), member, str)
    file.done()
    _complete(world)
    _give_phones(world)
    for check in (_check_people, _check_unique, _check_channels, _check_members):
        check(file, world)
    file.done()
    return world


@cache
def own_world() -> Json:
    """Return the world of a sandbox that is given none, read once. Copy it before you change anything."""
    return read_world()


def _complete(world: Json) -> None:
    """Give what has no id or real name one."""
    world["team"] = {**DEFAULT_TEAM, **world.get("team", {})}
    for section, (_, name, prefix) in SECTIONS.items():
        for number, item in enumerate(world.setdefault(section, []), 1):
            letters = re.sub(r"[^A-Z0-9]", "", item[name].upper())[:6]
            item.setdefault("id", f"{prefix}0{letters:0<6}{number:02}")
    for person in world["people"]:
        person.setdefault("real_name", person["handle"].replace(".", " ").title())
    for group in world["groups"]:
        group.setdefault("name", group["handle"])
        group.setdefault("members", [])
    for channel in world["channels"]:
        if world["people"]:
            channel.setdefault("creator", world["people"][0]["handle"])


def _give_phones(world: Json) -> None:
    """Give everybody a number, of those that are for fiction only."""
    for number, person in enumerate(world["people"]):
        if not person.get("deleted"):
            person.setdefault("phone", f"+1 {301 + number // 100} 555 {100 + number % 100:04}")


def _check_people(file: YamlFile, world: Json) -> None:
    if all(person.get("deleted") for person in world["people"]):
        file.wrong(("people",), "nobody is there; expected at least one person who is not deleted")
    for number, person in enumerate(world["people"]):
        place = ("people", number)
        if not HANDLE.fullmatch(person["handle"]):
            file.wrong(
                (*place, "handle"), f"found {person['handle']!r}, expected small letters, digits, . _ -"
            )
        if not _is_zone(person.get("tz", "Etc/UTC")):
            file.wrong((*place, "tz"), f"found {person['tz']!r}, expected a time zone such as Europe/Lisbon")


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ValueError, OSError, KeyError):
        return False


def _check_unique(file: YamlFile, world: Json) -> None:
    for section, (_, name, _) in SECTIONS.items():
        for key in ("id", name):
            for place, value in _repeated(section, key, world):
                file.wrong(place, f"found {value!r} a second time, expected one that is not taken")


def _check_channels(file: YamlFile, world: Json) -> None:
    for number, channel in enumerate(world["channels"]):
        place = ("channels", number)
        if not NAME.fullmatch(channel["name"]):
            said = f"found {channel['name']!r}, expected small letters, digits, - and _, at most 80"
            file.wrong((*place, "name"), said)
        if channel["creator"] not in _names(world):
            file.wrong((*place, "creator"), _stranger(channel["creator"]))


def _check_members(file: YamlFile, world: Json) -> None:
    known = _names(world)
    for section in ("channels", "groups"):
        for number, item in enumerate(world[section]):
            for place, member in enumerate(item.get("members", [])):
                if member not in known:
                    file.wrong((section, number, "members", place), _stranger(member))


def _names(world: Json) -> set[str]:
    return {name for person in world["people"] for name in (person["handle"], person["id"])}


def _stranger(name: object) -> str:
    return f"found {name!r}, expected the handle of one of the people"


def _repeated(section: str, key: str, world: Json) -> Iterator[tuple[Place, str]]:
    seen: set[str] = set()
    for number, item in enumerate(world[section]):
        if item[key] in seen:
            yield (section, number, key), item[key]
        seen.add(item[key])
