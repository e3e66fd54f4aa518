"""Cookies of sessions and sign-ins, and the mark of a form."""

from datetime import timedelta

import pytest
from aiohttp import web

from bot.web.links import Links
from bot.web.sessions import LASTS, SIGN_IN_LASTS, Sessions, own_path
from handlers.browser.site import Site
from handlers.request_filter import Home
from tests.conftest import Office
from tests.fakes import NOON

OURS = Sessions("secret", "db")


def test_a_session_is_read_until_it_is_over_and_nowhere_else():
    session = OURS.begin("UANA", NOON)
    cookie = OURS.cookie(session)

    assert OURS.read(cookie, NOON + LASTS - timedelta(seconds=1)) == session
    assert OURS.read(cookie, NOON + LASTS) is None
    assert OURS.read(cookie + "x", NOON) is None
    assert OURS.read("", NOON) is None
    assert OURS.read("x" * 5000, NOON) is None
    assert OURS.read("\udcff\udcfe", NOON) is None  # as bytes arrive that are no text
    for other in (Sessions("other", "db"), Sessions("secret", "another")):
        assert other.read(cookie, NOON) is None
        assert not other.marked(session, OURS.mark(session))


def test_a_sign_in_is_no_session_and_needs_its_state():
    begun = OURS.sign_in("/incidents", NOON)
    cookie = OURS.sign_in_cookie(begun)

    assert OURS.begun(cookie, begun.state, NOON) == begun
    assert OURS.begun(cookie, f"{begun.state}x", NOON) is None
    assert OURS.begun(cookie, "ü\udcff", NOON) is None
    assert OURS.begun(cookie, begun.state, NOON + SIGN_IN_LASTS) is None
    assert OURS.read(cookie, NOON) is None
    assert OURS.begun(OURS.cookie(OURS.begin("UANA", NOON)), begun.state, NOON) is None


def test_a_mark_is_of_one_session():
    one, other = OURS.begin("UANA", NOON), OURS.begin("UANA", NOON)

    assert OURS.marked(one, OURS.mark(one))
    assert not OURS.marked(one, OURS.mark(other))
    assert not OURS.marked(one, "ü\udcff")


@pytest.mark.parametrize("asked", ["/", "/incidents?status=open", "/a//b", "/%2F%2Fevil.test"])
def test_a_path_of_ours_is_gone_on_to(asked: str):
    assert own_path(asked) == asked


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "//evil.test",
        "https://evil.test",
        "/\\evil.test",
        "\\\\evil",
        "evil",
        "/a\nb",
        "/ü",
        "/" * 2 + "a",
    ],
)
def test_anything_else_leads_to_the_board(asked: str):
    assert own_path(asked) == "/"


@pytest.mark.parametrize(
    ("base", "secure", "path"),
    [("https://m.test/muster", True, "/muster/"), ("http://127.0.0.1:3000", False, "/")],
)
def test_a_cookie_leaves_by_https_alone_and_only_for_our_paths(
    office: Office, base: str, secure: bool, path: str
):
    site = Site(office.uow, Links("token", "db", base), OURS, Home)
    response = web.Response()

    site.begin(response, "UANA")

    cookie = response.cookies["muster_session"]
    assert bool(cookie["secure"]) is secure
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", path)
    assert cookie["max-age"] == f"{LASTS.total_seconds():.0f}"
    assert site.go("/incidents").headers["Location"] == f"{path}incidents"
