"""Signing in with Slack: who is let in, for how long, and what does not pass for it."""

import pytest

from handlers.api import Rate
from handlers.browser.sign_in import PER_MINUTE
from sandbox.faults import Fault
from tests.scenarios.browser.conftest import Reader, signed_in
from tests.scenarios.conftest import World
from tests.scenarios.look import deactivates

STATE = "state="


async def test_somebody_signs_in_with_slack_reads_and_signs_out(reader: Reader):
    sent_away = await reader.get("/?x=1")
    assert (sent_away.status, sent_away.to) == (303, "/sign-in?to=/%3Fx%3D1")

    back = await reader.sign_in("dev", to="/?x=1")
    assert (back.status, back.to) == (303, "/?x=1")
    cookie = back.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    board = await reader.get("/")
    assert board.status == 200
    assert "Sign out" in board.text
    assert "unsafe" not in board.headers["Content-Security-Policy"]
    assert (await reader.get("/sign-in?to=/incidents")).to == "/incidents"
    nothing = await reader.get("/incidents/INC-77")
    assert nothing.status == 404
    assert "<code>INC-77</code>" in nothing.text
    assert "Sign out" in nothing.text

    assert (await reader.get("/sign-out")).status == 405
    copy = {one.key: one.value for one in reader.http.cookie_jar}
    await reader.send("/", "/sign-out")
    assert (await reader.get("/")).status == 303
    reader.http.cookie_jar.update_cookies(copy, reader.home)
    assert (await reader.get("/")).status == 303
    assert (await reader.get("/live")).status == 404
    await reader.sign_in("dev")
    assert (await reader.get("/")).status == 200


@pytest.mark.parametrize("to", ["//evil.test", "https://evil.test/", "/\\evil.test", "evil", "/%0d%0aX:1"])
async def test_nobody_is_led_to_another_site(reader: Reader, to: str):
    assert (await reader.sign_in("dev", to=to)).to == "/"


async def test_what_did_not_begin_here_does_not_pass(reader: Reader):
    stranger = await reader.get("/sign-in/back?state=forged&code=x")
    begun = await reader.get("/sign-in/slack")
    back = await reader.choose(begun.to, "dev")
    forged = await reader.get(back.replace(STATE, f"{STATE}x"))
    # The cookie went with the forged try: the true one is not of this sign-in any more.
    late = await reader.get(back)
    begun = await reader.get("/sign-in/slack")
    swapped = await reader.get(f"{back.partition('&state=')[0]}&{_state_of(begun.to)}")
    cancelled = await reader.choose((await reader.get("/sign-in/slack")).to, "")

    assert [one.status for one in (stranger, forged, late)] == [400] * 3
    assert "did not begin in this browser" in forged.text
    assert swapped.status == 403  # the code of one sign-in with the state of another
    assert (await reader.get(cancelled)).to == "/sign-in?cancelled=1"
    assert "You cancelled in Slack" in (await reader.get("/sign-in?cancelled=1")).text
    assert (await reader.get("/")).status == 303


def _state_of(address: str) -> str:
    return next(one for one in address.split("&") if one.startswith(STATE))


async def test_a_sign_in_waits_ten_minutes_and_a_code_counts_once(reader: Reader):
    back = await reader.choose((await reader.get("/sign-in/slack")).to, "dev")
    reader.world.clock.advance(minutes=10)
    assert (await reader.get(back)).status == 400

    begun = await reader.get("/sign-in/slack")
    cookie = {one.key: one.value for one in reader.http.cookie_jar}
    back = await reader.choose(begun.to, "dev")
    assert (await reader.get(back)).status == 303
    reader.http.cookie_jar.update_cookies({"muster_sign_in": cookie["muster_sign_in"]}, reader.home)
    assert (await reader.get(back)).status == 403


async def test_very_many_who_come_together_are_told_to_load_again(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
):
    for _ in range(PER_MINUTE + 1):  # beginning asks Slack nothing
        begun = await reader.get("/sign-in/slack")
    back = await reader.choose(begun.to, "dev")
    with monkeypatch.context() as crowd:
        crowd.setattr(Rate, "wait", lambda *_: 30.5)
        busy = await reader.get(back)

    assert (busy.status, busy.headers["Retry-After"]) == (429, "31")
    assert "Load this page again in a minute" in busy.text
    assert (await reader.get(back)).to == "/"


async def test_slack_being_away_is_told_apart_from_a_refusal(reader: Reader):
    begun = await reader.get("/sign-in/slack")
    back = await reader.choose(begun.to, "dev")
    reader.world.slack.faults.append(Fault("openid.connect.token", "status", 503))

    away = await reader.get(back)

    assert (away.status, "Slack did not answer" in away.text) == (503, True)
    assert "Begin again" in away.text
    assert (await reader.sign_in("dev")).to == "/"


async def test_a_session_ends_after_twelve_hours_and_at_once_for_whoever_leaves(reader: Reader):
    world = reader.world
    await reader.sign_in("dev")
    world.clock.advance(minutes=12 * 60 - 1)
    assert (await reader.get("/")).status == 200
    world.clock.advance(minutes=1)
    assert (await reader.get("/")).status == 303

    await reader.sign_in("sam")
    assert (await reader.get("/")).status == 200
    await deactivates(world, "sam")
    await world.settle()
    assert (await reader.get("/")).status == 303
    assert (await reader.get("/live")).status == 404


async def test_only_our_own_forms_count(reader: Reader):
    await reader.sign_in("dev")
    other = signed_in(reader.world, "sam")["muster_session"]

    without = await reader.post("/sign-out", {})
    wrong = await reader.post("/sign-out", {"mark": other})
    page = (await reader.get("/")).text
    mark = page.partition('name="mark" value="')[2].partition('"')[0]
    elsewhere = await reader.post("/sign-out", {"mark": mark}, **{"Sec-Fetch-Site": "cross-site"})

    assert [one.status for one in (without, wrong, elsewhere)] == [403] * 3
    assert (await reader.get("/")).status == 200
    reader.http.cookie_jar.update_cookies({"muster_session": "forged.x"}, reader.home)
    assert (await reader.get("/")).status == 303
    assert (await reader.post("/sign-out", {"mark": mark})).status == 403


async def test_without_a_public_address_there_are_no_pages(world: World, reader_without: Reader):
    assert (await reader_without.get(f"http://127.0.0.1:{world.muster.web.port}/")).status == 404


async def test_what_was_written_comes_back_when_the_session_is_over(reader: Reader):
    await reader.sign_in("dev")
    wrote = {"text": "The <b>provider</b> confirms it", "at": "2026-03-02T17:31", "once": "a-form-of-ours"}

    foreign = await reader.post("/incidents/INC-1/notes", wrote | {"mark": "of-an-earlier-session"})
    reader.world.clock.advance(minutes=12 * 60)
    over = await reader.post("/incidents/INC-1/notes", wrote)
    forged = await reader.post("/incidents/INC-1/notes", wrote, **{"Sec-Fetch-Site": "cross-site"})

    for page in (foreign, over):
        assert page.status == 403
        assert "readonly>The &lt;b&gt;provider&lt;/b&gt; confirms it</textarea>" in page.text
        assert "a-form-of-ours" not in page.text
    assert "Load the page again" in foreign.text
    assert "Sign in again" in over.text
    assert (forged.status, "confirms it" in forged.text) == (403, False)


UNREADABLE = [
    ("application/x-www-form-urlencoded", b"mark=\xff"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"mark=x"),
    ("application/x-www-form-urlencoded; charset=raw_unicode_escape", rb"text=\ud800"),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=x", b"--y\r\n"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="mark"\r\n'
        b"Content-Type: text/plain; charset=hex\r\n\r\nx\r\n--x--\r\n",
    ),
]


@pytest.mark.parametrize(("kind", "body"), UNREADABLE)
async def test_what_is_no_form_is_refused_and_is_no_fault_of_ours(reader: Reader, kind: str, body: bytes):
    reader.http.cookie_jar.update_cookies(signed_in(reader.world, "ana"), reader.home)

    async with reader.http.post(
        f"{reader.base}/sign-out", data=body, headers={"Content-Type": kind}
    ) as answer:
        said = await answer.text()

    assert (answer.status, "no form that can be read" in said) == (400, True)
    assert answer.headers["Cache-Control"] == "private, no-store"
