"""Nothing that comes from outside reads an incident past the check of who asks."""

import ast
from collections.abc import Iterator

from tests.test_shape import dotted, trees, where

RECORDS = {"incidents", "pages", "actions", "notifications", "timeline", "updates"}
UNCHECKED = {f"{one}.get" for one in RECORDS} | {"incidents.in_channel", "incidents.everyone"}
"""What returns a record whoever asks."""

Functions = dict[str, tuple[str, ast.FunctionDef]]


def functions() -> Functions:
    """Return every function of the operations by `module.name`, with its path."""
    return {
        f"{path.rsplit('/', 1)[1].removesuffix('.py')}.{node.name}": (path, node)
        for path, tree in trees("bot/operations")
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def asked_by_somebody(node: ast.FunctionDef) -> bool:
    return any(one.arg == "by" for one in [*node.args.args, *node.args.kwonlyargs])


def imports() -> dict[str, dict[str, str]]:
    """Return what each module of the operations knows of the others, by the name that it has there."""
    return {
        path.rsplit("/", 1)[1].removesuffix(".py"): {
            alias.asname or alias.name: f"{node.module.rsplit('.', 1)[1]}.{alias.name}"
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot.operations.")
            for alias in node.names
            if node.module
        }
        for path, tree in trees("bot/operations")
    }


def calls(name: str, known: Functions) -> Iterator[str]:
    """Return the operations that one calls, in its own module and in others."""
    module = name.split(".", maxsplit=1)[0]
    elsewhere = imports()[module]
    for called in (one.func for one in ast.walk(known[name][1]) if isinstance(one, ast.Call)):
        found = getattr(called, "id", "")
        yield from ({elsewhere.get(found, ""), f"{module}.{found}"} & set(known))


def reached(known: Functions) -> set[str]:
    """Return the operations in which somebody acts, and all that they call."""
    found: set[str] = set()
    waiting = [name for name, (_, node) in known.items() if asked_by_somebody(node)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += calls(name, known)
    return found


def dotted_name(node: ast.AST) -> str:
    return str(getattr(node, "id", None) or getattr(node, "attr", None))


def by_a_bare_id(node: ast.AST) -> bool:
    """Say whether a record is read by an id as it was given, not by one of a record that was checked."""
    if not isinstance(node, ast.Call) or dotted(node.func) not in {f"{one}.get" for one in RECORDS}:
        return False
    return isinstance(node.args[1], ast.Name)


def test_an_operation_reads_what_an_id_from_outside_names_for_whoever_asks() -> None:
    known = functions()
    asked = reached(known)

    offenders = [
        where(known[name][0], node)
        for name in asked
        for node in ast.walk(known[name][1])
        if by_a_bare_id(node)
    ]

    assert "triage._in_triage" in asked
    assert offenders == []


def test_handlers_read_nothing_past_the_check() -> None:
    offenders = [
        where(path, node)
        for path, tree in [*trees("handlers")]
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and dotted(node) in UNCHECKED
    ]

    assert offenders == []


def operation_in(call: ast.Call) -> ast.AST:
    """Return what a unit of work is to perform, out of `once` or `Guarded`."""
    first = call.args[2] if dotted_name(call.args[0]) == "once" else call.args[0]
    return first.args[0] if isinstance(first, ast.Call) else first


def test_what_handlers_have_done_names_who_asks() -> None:
    """Only what Slack tells of channels and people is nobody's wish."""
    known = functions()
    performed = {
        name
        for path, tree in trees("handlers")
        if path not in SAID_BY_SLACK
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and dotted(call.func) == "uow.perform"
        for argument in (call.args[0], operation_in(call))
        for name in known
        if name.endswith(f".{dotted_name(argument)}")
    }

    assert len(performed) > 15
    nobodys = {name for name in performed if not asked_by_somebody(known[name][1])}
    assert nobodys <= {"once.once"} | OF_THE_FILTER | OF_TWILIO | OF_CUSTOMERS


SAID_BY_SLACK = {"handlers/timeline/pins.py", "handlers/workspace/people.py"}
"""What Slack tells of, and nobody asks for."""

OF_THE_FILTER = {"membership.joined", "people.changed", "changes.changed"}
"""What is noted of whoever comes takes no id of an incident. Two operations are named `changed`."""

OF_CUSTOMERS = {f"public_subscribers.{one}" for one in ("subscribe", "confirm_subscription", "unsubscribe")}
"""Anybody outside subscribes to the status page, and no incident is named by it."""

OF_TWILIO = {"reports.reported", "reports.replied"}
"""What Twilio reports, and a reply: it acknowledges as whoever has the number it came from."""
