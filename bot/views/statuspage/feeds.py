"""Feeds of the status page: an entry for each text, so that whoever reads them hears of each."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from bot.domain.incidents.public_page import Contents, Notice
from bot.domain.incidents.public_posts import PublicPost

MOST = 50
NEVER = datetime(2020, 1, 1, tzinfo=UTC)
_ATOM = "http://www.w3.org/2005/Atom"
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(name: str, url: str, page: Contents) -> bytes:
    """Return the feed as Atom 1.0."""
    feed = ET.Element("feed", xmlns=_ATOM)
    _add(feed, "id", f"{url or 'urn:muster'}/feed.atom")
    _add(feed, "title", name)
    _add(feed, "updated", _iso(page.changed_at or NEVER))
    ET.SubElement(feed, "link", rel="self", href=f"{url}/feed.atom")
    ET.SubElement(feed, "link", rel="alternate", href=f"{url}/")
    _add(ET.SubElement(feed, "author"), "name", name)
    for notice, post in _newest(page):
        entry = ET.SubElement(feed, "entry")
        _add(entry, "id", f"{url or 'urn:muster'}/post/{post.id}")
        _add(entry, "title", f"{post.state}: {notice.title}")
        _add(entry, "published", _iso(post.at))
        _add(entry, "updated", _iso(post.at))
        ET.SubElement(entry, "link", rel="alternate", href=_where(url, notice))
        _add(entry, "content", post.text).set("type", "text")
    return _written(feed)


def rss(name: str, url: str, page: Contents) -> bytes:
    """Return the feed as RSS 2.0."""
    feed = ET.Element("rss", version="2.0")
    channel = ET.SubElement(feed, "channel")
    for tag, text in (("title", name), ("link", f"{url}/"), ("description", name)):
        _add(channel, tag, text)
    _add(channel, "lastBuildDate", format_datetime(page.changed_at or NEVER))
    for notice, post in _newest(page):
        item = ET.SubElement(channel, "item")
        _add(item, "title", f"{post.state}: {notice.title}")
        _add(item, "link", _where(url, notice))
        _add(item, "description", post.text)
        _add(item, "guid", f"muster-post-{post.id}").set("isPermaLink", "false")
        _add(item, "pubDate", format_datetime(post.at))
    return _written(feed)


def _newest(page: Contents) -> list[tuple[Notice, PublicPost]]:
    found = [(notice, post) for notice in page.notices for post in notice.posts]
    return sorted(found, key=lambda one: one[1].id, reverse=True)[:MOST]


def _where(url: str, notice: Notice) -> str:
    return f"{url}/history/{notice.began_at:%Y-%m}.html#n{notice.id}"


def _add(to: ET.Element, tag: str, text: str) -> ET.Element:
    made = ET.SubElement(to, tag)
    made.text = _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)
    return made


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _written(feed: ET.Element) -> bytes:
    found: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return found
