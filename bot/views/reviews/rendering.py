"""Templates of reviews: our four and one of somebody's own. A template sees plain values of `model.py`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from importlib.resources import files as resources

from jinja2 import TemplateError
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.meta import find_undeclared_variables

from bot.views.reviews import model
from bot.views.reviews.model import Review
from bot.views.reviews.sandbox import LONGEST, Counted

DEFAULT = "gitlab"
NAMES = ("gitlab", "short", "pagerduty", "sre")
"""Our templates, by the names that people choose them by."""
TITLES: Mapping[str, str] = {
    "gitlab": "GitLab's incident review",
    "short": "A short one",
    "pagerduty": "PagerDuty's post-mortem",
    "sre": "The SRE book's postmortem",
    "own": "Your own",
}
LONGEST_TEMPLATE = 100_000


class TemplateWrong(Exception):
    """A template cannot be used. The message says where and why, for whoever wrote it."""


def builtin(name: str) -> str:
    return resources("bot.views.reviews").joinpath(f"{name}.md.j2").read_text("utf-8")


def written(review: Review, template: str) -> str:
    """Return the review as a template's text has it, always with one end of line at its end.

    Raises TemplateWrong for a template that is wrong, or that does not come to an end.
    """
    parts, size = list[str](), 0
    with _told():
        for part in Counted().from_string(template).generate(review.given()):
            part.encode()  # half a character of an escape could be sent to nobody
            parts.append(part)
            size += len(part)
            if size > LONGEST:
                raise SecurityError(f"it makes more than {LONGEST:,} characters")
    return _tidy("".join(parts))


@contextmanager
def _told() -> Iterator[None]:
    """Raise TemplateWrong for what reading or rendering a template raises: Python reads what it becomes."""
    try:
        yield
    except SyntaxError as wrong:
        raise TemplateWrong(f"Python cannot read it: {wrong.msg}") from None
    except (TemplateError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as wrong:
        raise TemplateWrong(_said(wrong)) from None
    except (RecursionError, MemoryError):
        raise TemplateWrong("it calls itself without an end, or is nested too deeply") from None


def _tidy(text: str) -> str:
    """Return Markdown with at most one empty line between its parts, but for code, which stays as it is."""
    kept: list[str] = []
    code = False
    for one in text.split("\n"):
        code ^= one.startswith("```")
        if one.strip() or code or (kept and kept[-1]):
            kept.append(one if code else one.rstrip())
    return "\n".join(kept).strip("\n") + "\n"


def _said(wrong: Exception) -> str:
    if isinstance(wrong, TemplateSyntaxError):
        return f"line {wrong.lineno}: {wrong.message}"
    said = _UNKNOWN.sub(_which, str(wrong) or type(wrong).__name__)
    return f"{_line_of(wrong)}{said}"


_UNKNOWN = re.compile(r"'bot\.views\.reviews\.model\.(\w+) object' has no attribute '(\w+)'")


def _which(found: re.Match[str]) -> str:
    values = ", ".join(one.name for one in fields(getattr(model, found[1])))
    return f"there is no `{found[2]}` here; there are: {values}"


def _line_of(wrong: Exception) -> str:
    """Say in which line of the template an error came: the innermost frame that is one of the template's."""
    frame, found = wrong.__traceback__, 0
    while frame:
        if frame.tb_frame.f_code.co_filename == "<template>":
            found = frame.tb_lineno
        frame = frame.tb_next
    return f"line {found}: " if found else ""


def problem(template: str, samples: Iterable[Review]) -> str:
    """Say what is wrong with a template, or nothing: it is tried on samples, and its names are looked up."""
    if len(template) > LONGEST_TEMPLATE:
        return f"it is longer than {LONGEST_TEMPLATE:,} characters"
    tried = tuple(samples)
    known = {*tried[0].given(), "range"}
    try:
        with _told():
            unknown = sorted(find_undeclared_variables(Counted().parse(template)) - known)
    except TemplateWrong as wrong:
        return str(wrong)
    if unknown:
        named = ", ".join(f"`{one}`" for one in unknown)
        return f"it names {named}, which is none of: {', '.join(sorted(known))}"
    for one in tried:
        try:
            written(one, template)
        except TemplateWrong as wrong:
            return str(wrong)
    return ""
