"""What subscribers of the status page are mailed: plain text, and a link that ends it."""

from bot.domain.incidents.public_page import Notice
from bot.domain.incidents.public_posts import PublicPost
from bot.domain.text import one_line
from bot.views.statuspage.files import link_to

SUBSCRIBE_PATH, CONFIRM_PATH, LEAVE_PATH = "/subscribe", "/confirm/", "/unsubscribe/"


def confirming(url: str, token: str) -> str:
    return f"{url}{CONFIRM_PATH}{token}"


def leaving(url: str, token: str) -> str:
    return f"{url}{LEAVE_PATH}{token}"


def subject(name: str, post: PublicPost) -> str:
    return one_line(f"[{name}] {post.state}: {post.title}")[:200]


def body(name: str, post: PublicPost, began: PublicPost, url: str, leave: str) -> str:
    """Return a text as it was published, with where it is read and how the mails end."""
    lines = [post.title, f"{post.state}, {post.at:%-d %b %Y, %H:%M} UTC", "", post.text, ""]
    lines += [f"All of it: {link_to_notice(url, began)}", "", "-- "]
    lines += [f"You get this since you subscribed to {name}.", f"No more mails: {leave}"]
    return "\n".join(lines) + "\n"


def link_to_notice(url: str, began: PublicPost) -> str:
    """Return where the notice is read that began with a text."""
    return link_to(url, Notice((began,)))


def question(name: str, url: str, confirm: str) -> tuple[str, str]:
    """Return subject and text of the mail that asks whether its mailbox wants more."""
    text = (
        f"Somebody, probably you, asked that you are mailed what {name} publishes ({url}).\n\n"
        f"Yes, mail me: {confirm}\n\n"
        "If it was not you, do nothing: without a press on the link nothing more is sent, and this address "
        "is forgotten in two days.\n"
    )
    return one_line(f"Confirm that you want mails of {name}")[:200], text
