"""Every button and form that a view can produce has one listener, and no listener waits in vain."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import pytest

import handlers
from bot import views
from bot.domain.errors import Step
from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.listing import Listed, Which
from bot.domain.paging.notification_tests import MethodTest, NotificationTest
from bot.domain.work.work import Action, ActionKind
from bot.views import help as help_view
from bot.views import steps
from bot.views.blocks import Message, button
from bot.views.commands import opens
from bot.views.forms import modal
from bot.views.incidents import card, declare, guide, listing, panel
from bot.views.oncall import calendar
from bot.views.paging import notification_test, oncall
from bot.views.timeline import timeline
from bot.views.work import action
from handlers.features import BUTTONS
from handlers.inc import SUBCOMMANDS
from handlers.register import LISTENERS
from tests.fakes import NOON, process
from tests.values import an_incident
from tests.views.test_literal import shows

Id = tuple[str, str]
"""What Bolt tells listeners apart by: `action` and its action_id, or `view` and its callback_id."""

HEARD = [(one.kind, one.constraint) for one in LISTENERS if one.kind in {"action", "view"}]
MAKERS = {button: ("action", 1), opens: ("action", 1), modal: ("view", 2)}
"""The builders of what can be pressed or sent, and which argument of each is the id."""


def others() -> Iterator[Any]:
    """Return what no text of a person is shown in, or is shown in another state."""
    for status in Status:
        for severity, viewer in ((Severity.S1, "ULEAD"), (Severity.S3, "UREP")):
            seen = an_incident(status=status, severity=severity, waits_until=NOON)
            yield panel.panel(seen, {}, None, [], viewer, buttons=BUTTONS, can_wait=True)
            yield card.card(seen, {}, None, [], missing=[("IM", "dotcom IMOC")], verifiable=True)
    yield [action.listing([_action(number) for number in range(60)], an_incident(), page) for page in (1, 2)]
    yield [timeline.listing([], an_incident(), highlights=one, page=2, pages=3) for one in (True, False)]
    yield [listing.listing([an_incident()], Listed(one, page=2), 60) for one in (Which.OPEN, Which.MINE)]
    yield steps.row([Step("Do", "list")] * len(steps.RUN))
    yield notification_test.dm(NotificationTest(1, "UEOC", NOON, [MethodTest("slack")]))
    yield oncall.listing(process(), [], {}, {}, {})
    yield calendar.addresses("https://muster.example.com/c/1.ics", {})
    yield [guide.sheet(), help_view.overview(SUBCOMMANDS.values())]
    for one in (an_incident(near_miss=True), an_incident(drill=True, practice=("UEOC",))):
        yield panel.panel(one, {}, None, [], "UREP", buttons=BUTTONS)
    yield declare.held_up({}, process(), "", [an_incident()])


def _action(number: int) -> Any:
    return Action(number, 7, "Drain", "", ActionKind.ACTION, "UEOC", None, "UREP", NOON, None, None)


def ids(shown: Any) -> Iterator[Id]:
    """Return the ids in a view. What is entered in a form reaches us with the form, and needs no listener."""
    if isinstance(shown, Message):
        yield from ids(shown.blocks)
    elif isinstance(shown, list):
        for one in shown:
            yield from ids(one)
    elif isinstance(shown, dict) and (shown.get("type") != "input" or shown.get("dispatch_action")):
        if "action_id" in shown:
            yield "action", shown["action_id"]
        if shown.get("submit"):
            yield "view", shown["callback_id"]
        yield from ids(list(shown.values()))


@cache
def built() -> set[Id]:
    """Return the ids of all views, really built."""
    return {*ids([*shows("x").values()]), *ids([*others()])}


def modules() -> Iterator[ModuleType]:
    for package in (views, handlers):
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            yield import_module(found.name)


def named() -> set[Id]:
    """Return the ids that the source gives to what can be pressed or sent, in whatever state it does."""
    return {one for module in modules() for one in _named(module)}


def _named(module: ModuleType) -> Iterator[Id]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and (maker := MAKERS.get(_valued(node.func, module))):
            kind, place = maker
            if name := _valued(node.args[place], module):
                yield kind, name


def _valued(node: ast.expr, module: ModuleType) -> Any:
    """Return the value of a constant of the module; None for what only running it would tell."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Attribute):
        return getattr(_valued(node.value, module), node.attr, None)
    return vars(module).get(node.id) if isinstance(node, ast.Name) else None


def heard_by(wanted: Id) -> int:
    kind, name = wanted
    return sum(
        one == kind
        and (bool(constraint.fullmatch(name)) if isinstance(constraint, re.Pattern) else constraint == name)
        for one, constraint in HEARD
    )


def test_what_is_built_is_heard_by_one_listener() -> None:
    found = built()

    assert len(found) > 50
    assert {one: heard_by(one) for one in found if heard_by(one) != 1} == {}


def test_what_the_source_names_is_heard_by_one_listener() -> None:
    """A state that no example is in has its buttons too."""
    found = named()

    assert len(found) > 40
    assert {one: heard_by(one) for one in found if heard_by(one) != 1} == {}


@pytest.mark.parametrize(("kind", "constraint"), HEARD, ids=str)
def test_what_is_listened_for_is_built(kind: str, constraint: str | re.Pattern[str]) -> None:
    names = [name for one, name in built() if one == kind]

    assert any(
        constraint.fullmatch(name) if isinstance(constraint, re.Pattern) else constraint == name
        for name in names
    )


def test_every_form_asks_about_what_looks_like_a_secret_in_it() -> None:
    """All of them are wrapped by what asks; those with a way of their own mask it, or refuse it."""
    forms = [one for one in LISTENERS if one.kind == "view"]
    unwrapped = [one.constraint for one in forms if "answers_in_form" not in one.handler.__qualname__]
    own = {path.stem for path in Path("handlers").rglob("*.py") if "own=True" in path.read_text("utf-8")}

    assert len(forms) > 40
    assert unwrapped == []
    assert own == {"declare", "escalate", "life"}
