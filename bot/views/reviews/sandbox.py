"""The sandbox in which a template of a review is rendered: all that repeats or grows is counted in it.

What bounds a template is counted and not timed, so that the same template of the same incident ends in the
same way on every machine: the steps of its loops, what its filters go through, and how long its texts are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, cast

from jinja2 import StrictUndefined, Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment, safe_range
from jinja2.visitor import NodeTransformer

from bot.views.markdown import Markdown, cell, joined, line, link, literal, when
from bot.views.mrkdwn import lasting

MOST_STEPS = 100_000
"""So many steps a template takes in all: a second or two, whatever stands in it."""
MOST_NODES = 5_000
"""So many words of the language a template has: it is read anew each time, and ours have under 400."""
LONGEST = 1_000_000
"""Characters of what a template makes."""
_CHARACTERS, _ELEMENTS, _NODES = 100, 10, 20
"""So many characters or elements are gone through, or words of the language are done, in one step."""
_LISTS = (list, tuple, range)
_HIGHEST = 10**9
_RECKONED = (int, float, datetime, date, timedelta)
_THEIRS = (
    *("capitalize", "count", "default", "first", "groupby", "last", "length", "lower", "map", "reject"),
    *("rejectattr", "reverse", "select", "selectattr", "sort", "sum", "title", "trim", "unique", "upper"),
)
"""Filters of the library: those that make no text longer than it was."""


class _Watched(NodeTransformer):
    """Has all that is done again and again, and all whose length counts, go through what counts it."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - the library's name
        each = _weight(node.test) if node.test else 0
        node.iter = _through("_each", cast(nodes.Expr, node.iter), nodes.Const(1 + each))
        return self._body(node)

    def _body(self, node: Any) -> nodes.Node:
        """Have each time through a body count by how much stands in it."""
        weight = sum(map(_weight, node.body))
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(_through("_spend", nodes.Const(weight)), lineno=node.lineno))
        return cast(nodes.Node, node)

    visit_Macro = visit_CallBlock = visit_Block = _body  # noqa: N815 - the library's names

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - the library's name
        self.generic_visit(node)
        return _through("_whole", nodes.List(node.nodes, lineno=node.lineno))

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802 - the library's name
        self.generic_visit(node)
        node.expr = _through("_sized", node.expr)
        for one in node.ops:
            one.expr = _through("_sized", one.expr)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802 - the library's name
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Slice):
            node.node = _through("_sized", node.node)
        return node


def _weight(node: nodes.Node) -> int:
    """Return how many steps it takes to do what stands in a node once."""
    return _count(node) // _NODES


def _count(node: nodes.Node) -> int:
    return 1 + sum(map(_count, node.iter_child_nodes()))


class Counted(SandboxedEnvironment):
    """A sandbox in which all that repeats or grows is counted. Each rendering has one of its own."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        self.steps = 0
        super().__init__(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=self._shown,
        )
        self.globals.clear()
        self.globals["range"] = self._range
        ours = {name: self.filters[name] for name in _THEIRS} | dict(FILTERS) | {"_whole": self._whole}
        self.filters.clear()
        self.filters.update({name: self._counting(one) for name, one in ours.items()})
        self.filters |= {"_each": self._each, "_sized": self._sized, "_spend": self._spend}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        read = super()._parse(source, name, filename)
        if _count(read) > MOST_NODES:
            raise SecurityError(f"it has more than {MOST_NODES:,} words and signs of Jinja: make it shorter")
        tree = _Watched().visit(read)
        return tree.set_environment(self)  # type: ignore[no-any-return]

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        self._step()
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Reckon with numbers and times only: texts and lists grow by what is counted."""
        if operator == "+" and isinstance(left, tuple) and isinstance(right, tuple):
            self._step(len(left) + len(right))
            return left + right
        if not all(isinstance(one, _RECKONED) for one in (left, right)):
            raise SecurityError(f"`{operator}` is for numbers and times; texts are joined by `~`")
        if operator == "**" or any(isinstance(one, int) and abs(one) > _HIGHEST for one in (left, right)):
            raise SecurityError("there is no `**`, and numbers stay below 10 to the power of 9")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Allow the values of our model and of a loop; no method of a text, a list or a time."""
        return not callable(value) and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Have `format` be a method as any other: its widths make texts of any length."""

    def _step(self, count: int = 1) -> None:
        self.steps += count
        if self.steps > MOST_STEPS:
            raise SecurityError(f"it takes more than {MOST_STEPS:,} steps: a loop does not come to an end")

    def _each(self, found: Iterable[Any], cost: int) -> Iterator[Any]:
        for one in found:
            self._step(cost)
            yield one

    @pass_context  # so that it is not done once for all when the template is read
    def _spend(self, _: Context, steps: int) -> None:
        self._step(steps)

    def _sized(self, value: Any) -> Any:
        self._step(_size(value))
        return value

    def _range(self, *args: int) -> range:
        found = safe_range(*args)
        self._step(len(found))
        return found

    def _counting(self, wanted: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter that counts what it goes through, however it is called."""

        @wraps(wanted)
        def counted(*args: Any, **kwargs: Any) -> Any:
            self._step(1 + sum(map(_size, args)))
            return wanted(*args, **kwargs)

        return counted

    def _whole(self, parts: list[Any]) -> Markdown:
        texts = [str(self._shown(one)) for one in parts]
        if sum(map(len, texts)) > LONGEST:
            raise SecurityError(f"one of its texts is longer than {LONGEST:,} characters")
        return Markdown("".join(texts))

    def _shown(self, value: Any) -> Any:
        self._step(_size(value))
        return shown(value)


def _size(value: Any) -> int:
    """Return how many steps it takes to go through a value."""
    if isinstance(value, str):
        return len(value) // _CHARACTERS
    return len(value) // _ELEMENTS if isinstance(value, _LISTS) else 0


def _through(name: str, node: nodes.Expr, *args: nodes.Expr) -> nodes.Expr:
    return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)


def shown(value: Any) -> Any:
    """Return a value as a template writes it: text of people does nothing, times are in UTC."""
    if value is None:
        return ""
    kinds = (kind for kind in _WRITTEN if isinstance(value, kind))
    if kind := next(kinds, None):
        return _WRITTEN[kind](value)
    what = type(value).__name__.lower() if is_dataclass(value) else "a list"
    raise SecurityError(f"it writes {what} as a whole; write one of its values, or loop over it")


_WRITTEN: Mapping[type[Any], Callable[[Any], Any]] = {
    Markdown: lambda text: text,
    Undefined: lambda undefined: undefined,
    bool: lambda said: "yes" if said else "no",
    str: line,
    datetime: when,
    date: date.isoformat,
    timedelta: lasting,
    int: int,
    float: float,
}
"""How each kind of value is written; of two that fit the first counts."""


def _time(at: datetime) -> Markdown:
    return Markdown(when(at)[-9:])


def _day(at: date | datetime) -> Markdown:
    return Markdown(when(at)[:10] if isinstance(at, datetime) else at.isoformat())


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def _address(url: str) -> Markdown:
    return link(url, "") if url else Markdown("")


FILTERS: Mapping[str, Callable[..., Any]] = {
    "address": _address,
    "cell": lambda value: cell(value if isinstance(value, str) else Markdown(shown(value))),
    "day": _day,
    "join": lambda parts, between=", ": joined((shown(one) for one in parts), str(between)),
    "lines": literal,
    "linked": lambda text, url: link(url, text) if url else line(text),
    "minutes": _minutes,
    "otherwise": lambda value, instead: value or Markdown(instead),
    "time": _time,
    "when": when,
}
