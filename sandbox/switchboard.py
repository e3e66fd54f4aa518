"""What can be made to go wrong, in one place: the page's switches and the tests' objects are the same."""

from collections.abc import Callable
from typing import Any

from sandbox.bodies import number, shortened
from sandbox.courier import Courier, Manners
from sandbox.errors import Unusable
from sandbox.faults import Fault
from sandbox.phones import Phones
from sandbox.socket_mode import SocketMode
from sandbox.state import Json
from sandbox.web_api import WebApi

# What each kind of fault takes as its value, in words; None where it takes none.
KINDS: dict[str, str | None] = {
    "status": "HTTP status",
    "error": "Slack's error code",
    "status_after": "HTTP status",
    "error_after": "Slack's error code",
    "ratelimit": "seconds to wait",
    "slow": "seconds",
    "drop_before": None,
    "drop_after": None,
    "hang": None,
    "late": "seconds",
    "silent": "seconds until the connection is cut, 0 for never",
    "empty": None,
}
DRILLS = ("warning", "refresh_requested", "link_disabled")
# What apps are told about user groups; nothing lets them.
GROUPS = ("", "permission_denied", "plan_upgrade_required")
# What a workspace has of canvases: all, a tab in each channel, none.
CANVASES = ("", "free", "disabled")
MOST_TIMES = 100_000
# Whatever is slow, late or silent is so for an hour at most.
MOST_SECONDS = 3_600


class Switchboard:
    def __init__(self, api: WebApi, courier: Courier, sockets: SocketMode, phones: Phones) -> None:
        self._api, self._courier, self._sockets, self._phones = api, courier, sockets, phones

    def shown(self) -> Json:
        api, manners, phones = self._api, self._courier.manners, self._phones
        return {
            "down": api.down,
            "latency": round(api.latency * 1000),
            "faults": [vars(fault) for fault in api.faults],
            "kinds": [{"kind": kind, "value": value} for kind, value in KINDS.items()],
            "events": {
                "twice": manners.twice,
                "backwards": manners.backwards,
                "delay": round(manners.delay * 1000),
            },
            "limits": {"tiers": api.limits.tiers, "posting": api.limits.posting},
            "groups": self._api.ws.groups_refusal,
            "canvases": self._api.ws.canvases_limited,
            "phones": {
                "down": phones.down,
                "delay": round(phones.delay * 1000),
                "lose_replies": phones.lose_replies,
            },
            "sockets": {
                "open": self._sockets.count,
                "disabled": self._sockets.disabled,
                "drills": list(DRILLS),
            },
        }

    async def turn(self, given: Json) -> None:
        """Set what is given, and leave the rest. Raises Unusable before anything was changed."""
        wanted = _checked(given)
        if wanted.get("clear"):
            self.clear()
        self._api.latency = wanted.get("latency", self._api.latency)
        self._api.faults.extend(wanted.get("add", []))
        vars(self._courier.manners).update(wanted.get("events", {}))
        vars(self._api.limits).update(wanted.get("limits", {}))
        vars(self._phones).update(wanted.get("phones", {}))
        self._api.ws.groups_refusal = wanted.get("groups", self._api.ws.groups_refusal)
        self._api.ws.canvases_limited = wanted.get("canvases", self._api.ws.canvases_limited)
        if "phones" in wanted or "clear" in wanted:
            self._api.ws.changed("phone")
        if "down" in wanted:
            await self.down(wanted["down"])
        if "drill" in wanted:
            await self._sockets.drill(wanted["drill"])

    async def down(self, down: bool) -> None:
        """Let Slack be away: calls get 503, sockets close and stay closed, events wait."""
        self._set_down(down)
        if down:
            await self._sockets.drop()

    def _set_down(self, down: bool) -> None:
        self._api.down = self._courier.away = self._sockets.away = down

    def clear(self) -> None:
        """Everything works again; the limits stay as they are."""
        self._api.faults.clear()
        self._api.latency = self._api.answer_delay = 0.0
        vars(self._courier.manners).update(vars(Manners()))
        self._sockets.disabled = False
        self._phones.clear()
        self._api.ws.groups_refusal = self._api.ws.canvases_limited = ""
        self._set_down(False)


def _checked(given: Json) -> Json:
    """The switches in the engine's own terms, or Unusable with everything that is wrong."""
    wanted: Json = {}
    problems: list[str] = []
    for key, value in given.items():
        try:
            wanted[key] = _one_of(key, key, tuple(READ)) and READ[key](key, value)
        except Unusable as wrong:
            problems += wrong.problems
    if problems:
        raise Unusable(*problems)
    return wanted


def _fault(key: str, given: Any) -> list[Fault]:
    fault = _object(key, given, ("method", "kind", "value", "times"))
    kind, value = _one_of(f"{key}.kind", fault.get("kind"), tuple(KINDS)), fault.get("value", 0)
    if kind in ("status", "status_after", "ratelimit", "late", "silent", "slow"):
        value = _number(f"{key}.value", value)
    if kind in ("status", "status_after") and not 400 <= value <= 599:
        raise Unusable(f"{key}.value: found {value:g}, expected an HTTP status from 400 to 599")
    if kind in ("error", "error_after") and not (isinstance(value, str) and value):
        raise Unusable(f"{key}.value: found {shortened(value)}, expected one of Slack's error codes")
    times = _number(f"{key}.times", fault.get("times", 1), MOST_TIMES)
    if times < 1:
        raise Unusable(f"{key}.times: found {times:g}, expected 1 to {MOST_TIMES}")
    return [Fault(str(fault.get("method") or "*"), kind, value, int(times))]


def _events(key: str, given: Any) -> Json:
    return _flags_and_delay(key, given, ("twice", "backwards", "delay"))


def _phones(key: str, given: Any) -> Json:
    return _flags_and_delay(key, given, ("down", "lose_replies", "delay"))


def _flags_and_delay(key: str, given: Any, known: tuple[str, ...]) -> Json:
    return {
        name: (_wait if name == "delay" else _flag)(f"{key}.{name}", value)
        for name, value in _object(key, given, known).items()
    }


def _limits(key: str, given: Any) -> Json:
    limits = _object(key, given, ("tiers", "posting"))
    return {name: _flag(f"{key}.{name}", value) for name, value in limits.items()}


def _drill(key: str, given: Any) -> str:
    return str(_one_of(key, given, DRILLS))


def _groups(key: str, given: Any) -> str:
    return str(_one_of(key, given, GROUPS))


def _canvases(key: str, given: Any) -> str:
    return str(_one_of(key, given, CANVASES))


def _object(key: str, value: Any, known: tuple[str, ...]) -> Json:
    if not isinstance(value, dict) or not set(value) <= set(known):
        raise Unusable(f"{key}: found {shortened(value)}, expected an object with some of {', '.join(known)}")
    return value


def _one_of(key: str, value: Any, known: tuple[str, ...]) -> Any:
    if not isinstance(value, str) or value not in known:
        raise Unusable(f"{key}: found {shortened(value)}, expected one of {', '.join(known)}")
    return value


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unusable(f"{key}: found {shortened(value)}, expected true or false")
    return value


def _number(key: str, value: Any, most: float = MOST_SECONDS) -> float:
    checked = number(key, value, most)
    return int(checked) if checked == int(checked) else checked


def _wait(key: str, milliseconds: Any) -> float:
    """In seconds."""
    return _number(key, milliseconds, MOST_SECONDS * 1000) / 1000


READ: dict[str, Callable[[str, Any], Any]] = {
    "down": _flag,
    "clear": _flag,
    "latency": _wait,
    "add": _fault,
    "events": _events,
    "limits": _limits,
    "phones": _phones,
    "groups": _groups,
    "canvases": _canvases,
    "drill": _drill,
}
