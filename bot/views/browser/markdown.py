"""Markdown as a page shows it: no HTML of anybody's, no picture from elsewhere, no link but to the web."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup

try:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
except ImportError:  # an extra
    MarkdownIt = None  # type: ignore[assignment,misc]

LONGEST = 200_000
"""Characters of a document: a browser is still quick with them, and so is what makes a page of them."""
_SAFE = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_WIDE = '<div class="wide" role="region" aria-label="Table {number}" tabindex="0">'


@lru_cache(maxsize=8)
def page_of(text: str) -> Markup:
    """Return Markdown as HTML, of which all is ours; as it was typed where the library is not installed.

    Its headings are a level lower: the page has one of its own.
    """
    if MarkdownIt is None:
        return Markup('<pre class="source">{}</pre>').format(text)
    return Markup(_reader().render(text))  # noqa: S704 - html is off: what people wrote is escaped


def _reader() -> Any:
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    reader.validateLink = lambda url: bool(_SAFE.match(url))  # type: ignore[method-assign]
    reader.core.ruler.push("ours", _ours)
    reader.add_render_rule("table_open", _table_open)
    reader.add_render_rule("table_close", _table_close)
    return reader


def _ours(state: Any) -> None:
    """Number the tables, lower the headings, and have no style in a page and no link tell where it stood."""
    each: list[Token] = state.tokens
    for number, table in enumerate((one for one in each if one.type == "table_open"), 1):
        table.meta["number"] = number
    for one in [*each, *(child for token in each for child in token.children or ())]:
        if one.type in {"heading_open", "heading_close"}:
            one.tag = f"h{min(6, int(one.tag[1]) + 1)}"
        elif one.type in {"th_open", "td_open"}:
            one.attrs.pop("style", None)
        elif one.type == "link_open":
            one.attrSet("rel", "noopener noreferrer nofollow")


def _table_open(_: "RendererHTML", tokens: Sequence["Token"], place: int, __: Any, ___: Any) -> str:
    return f"{_WIDE.format(number=tokens[place].meta['number'])}<table>\n"


def _table_close(_: "RendererHTML", __: Sequence["Token"], ___: int, ____: Any, _____: Any) -> str:
    return "</table></div>\n"
