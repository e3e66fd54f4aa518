"""Text as Slack shows it: made harmless, cut to its limits, and the tokens for people, places and times."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from bot.domain.actors import Actor, Machine, parsed
from bot.domain.text import one_line, tidy

CUT = "… (cut)"
SECTION = 3000
"""How many characters one text of a block holds."""

_NAMED = re.compile(r"(<[@#][A-Z0-9]+>)")
_PERSON = re.compile(r"<@([A-Z0-9]+)>")
_NAME = 40
"""How much of a person's name is shown: a confirmation has room for 300 characters in all."""
_BROADCAST = re.compile(r"<!(?:subteam\^[A-Z0-9]+\|@?)?(?:date\^[^|>]*\|)?([^>|]*)(?:\|[^>]*)?>")
_MASKED = re.compile(r"<([a-z][a-z0-9+.-]*:[^<>|]*)\|([^<>]*)>", re.IGNORECASE)
_LIKE_AN_ADDRESS = re.compile(r"^\s*$|://|@|\w[.。．｡]\w", re.IGNORECASE)
_HALF_A_TOKEN = re.compile(r"(<[^<>]*|&[a-z]{0,3})$")
_URL = re.compile(r"https?://[^\s<>|`]+[^\s<>|`.,;:!?)\]'\"]")
_EDGE_OF_WORD = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_LIKE_A_TOKEN = re.compile(r"<(?=[@#!]|\w+:)")
_FENCE = re.compile("`(?=`)")
_LOOK_ALIKES = str.maketrans({"*": "\u2217", "`": "\u02cb", "~": "\u223c"})


def entities(text: str) -> str:
    """Escape what makes mentions and links: `<!channel>` typed by somebody pings nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unformatted(text: str) -> str:
    """Return text from people for where entities are not ours to write: no mark, mention or link is left."""
    return _LIKE_A_TOKEN.sub("<\u200b", _literal(text))


def _literal(text: str) -> str:
    """Return text on one line, without what Slack would make bold, code or a picture of.

    Slack has no escape for its marks, and which invisible characters break them is not documented. So each
    becomes a character that looks like it and means nothing; a `_` within a word stays.
    """
    return _EDGE_OF_WORD.sub("\u02cd", no_emoji(one_line(text)).translate(_LOOK_ALIKES))


def no_emoji(text: str) -> str:
    """Return text in which `:fire:` stays as it was typed: Slack draws it in plain text too."""
    return _EMOJI.sub(":\u200b", text)


def escape(text: str) -> str:
    """Return text from people for the midst of our own words: on one line, all of it literally shown."""
    return entities(_literal(text))


def harmless(text: str) -> str:
    """Escape a sentence of ours that may quote somebody, but keep the people and channels it names."""
    return "".join(part if _NAMED.fullmatch(part) else entities(part) for part in _NAMED.split(text))


def from_slack(text: str, limit: int = SECTION) -> str:
    """Quote a message's text as Slack gave it, escaped already: it pings no crowd and hides no address."""
    return _quoted(fit(_MASKED.sub(_unmasked, _BROADCAST.sub(r"@\1", text)), limit))


def _unmasked(found: re.Match[str]) -> str:
    """Return a link that shows where it leads. A label that looks like an address is left out."""
    url, label = found.groups()
    return f"<{url}>" if _LIKE_AN_ADDRESS.search(label) else f"{label} (<{url}>)"


def quote(text: str, limit: int = 2000) -> str:
    """Return text from people as a quotation, cut, in which web addresses can still be followed."""
    whole = cut(text, limit)
    parts: list[str] = []
    done = 0
    for found in _URL.finditer(whole):
        parts += [entities(whole[done : found.start()]), f"<{entities(found.group())}>"]
        done = found.end()
    return _quoted("".join([*parts, entities(whole[done:])]))


_LEAST = 100
"""A piece of fewer characters is not begun."""
_PART, _WHOLE = 2900, 9000
"""How much of a quotation one block holds, and all of them: Slack refuses a message much longer."""


def quotes(text: str, each: int = _PART, most: int = _WHOLE) -> list[str]:
    """Return text from people as quotations of at most `each` characters, cut when all have `most`.

    A piece ends at a line or a word where it can; escaping may make it longer than what was typed.
    """
    parts: list[str] = []
    left, room = text, most
    while left and room > _LEAST:
        size = min(each, room)
        while len(quote(piece := _piece(left, size), each)) > min(each, room):
            size //= 2
        parts.append(quote(piece, each))
        left, room = left[len(piece) :].lstrip("\n "), room - len(parts[-1])
    if left:
        parts[-1] += f"\n> {CUT.strip()}"
    return parts or [quote("", each)]


def _piece(text: str, size: int) -> str:
    """Return the beginning of a text, to the end of its last line or word that fits."""
    if len(text) <= size:
        return text
    end = max(text.rfind(mark, size // 2, size) for mark in "\n ")
    return text[: end if end > 0 else size]


def _quoted(text: str) -> str:
    """Mark each line, whatever ends it. A block of code would reach beyond its line: its marks are parted."""
    return "\n".join(f"> {line}" for line in _FENCE.sub("`\u200b", tidy(text)).splitlines()) or "> "


def cut(text: str, limit: int) -> str:
    """Return plain text no longer than `limit`, with a visible mark where it ends early."""
    return text if len(text) <= limit else text[: limit - len(CUT)].rstrip() + CUT


def person(user: str) -> str:
    """Return a mention; of a channel that a page calls, its name.

    In a channel a mention becomes a name when it is posted, unless it is one of its calls.
    """
    return escape(user) if user.startswith("#") else f"<@{user}>"


def people(users: Iterable[str]) -> str:
    """Return mentions of people in a sentence."""
    return listed(map(person, users))


def listed(words: Iterable[str]) -> str:
    """Return words in a sentence, each once: "EOC", "EOC and IM", "EOC, IM and CMOC"."""
    *first, last = dict.fromkeys(words)
    return f"{', '.join(first)} and {last}" if first else last


def actor(who: Actor) -> str:
    """Return who did something, also as a column names them: a mention of a person, words for a machine."""
    found = parsed(str(who))
    return escape(found.spoken) if isinstance(found, Machine) else person(found)


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def mentioned(text: str) -> set[str]:
    return set(_PERSON.findall(text))


def said_by_name(text: str, names: Mapping[str, str]) -> str:
    """Return text as people typed it, for where it is no mrkdwn: whom it mentions stands there by name."""
    return _PERSON.sub(lambda found: f"@{names[found[1]]}" if found[1] in names else found[0], text)


def by_name(text: str, names: Mapping[str, str]) -> str:
    """Return mrkdwn that names these people instead of mentioning them: whoever is mentioned is called."""

    def named(found: re.Match[str]) -> str:
        return escape(cut(names.get(found[1], ""), _NAME)) or found[0]

    return _PERSON.sub(named, text)


def place(channel: str) -> str:
    return f"<#{channel}>"


def link(url: str, label: str) -> str:
    """Return a link; a label holds no `|`, so that it cannot end the token early."""
    return f"<{entities(url)}|{escape(label).replace('|', '/')}>"


def when(at: datetime) -> str:
    """Return a time, shown in the reader's time zone."""
    return _date_token(at, "{date_short_pretty} at {time}", "%Y-%m-%d %H:%M UTC")


def period(start: datetime, end: datetime) -> str:
    """Return from when until when, shown in the reader's time zone."""
    return f"{when(start)} to {when(end)}"


def time_of_day(at: datetime) -> str:
    """Return a time of today, shown in the reader's time zone."""
    return _date_token(at, "{time}", "%H:%M UTC")


def second_of_day(at: datetime) -> str:
    """Return a time of today to the second, shown in the reader's time zone."""
    return _date_token(at, "{time_secs}", "%H:%M:%S UTC")


def while_ago(at: datetime) -> str:
    """Return how long ago something was, as Slack counts it whenever it is read."""
    return _date_token(at, "{ago}", "since %H:%M UTC")


def lasting(span: timedelta) -> str:
    """Return a length of time in its two largest units: "45 s", "1 min 30 s", "2 h 5 min", "1 d 3 h"."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours == 0:
        return f"{minutes} min {seconds % 60} s" if seconds % 60 else f"{minutes} min"
    if days == 0:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"


def _date_token(at: datetime, form: str, otherwise: str) -> str:
    return f"<!date^{int(at.timestamp())}^{form}|{at.astimezone(UTC).strftime(otherwise)}>"


def fit(text: str, limit: int) -> str:
    """Cut mrkdwn, but not through a token or an entity."""
    if len(text) <= limit:
        return text
    return _HALF_A_TOKEN.sub("", text[: limit - len(CUT)]).rstrip() + CUT
