"""Signing in with Slack: who is let in, for how long, and what does not pass for it."""

from tests.scenarios.browser.conftest import Reader


async def test_somebody_signs_in_with_slack_reads_and_signs_out(reader: Reader):
    sent_away = await reader.get("/?x=1")
    assert (sent_away.status, sent_away.to) == (303, "/sign-in?to=/%3Fx%3D1")

    back = await reader.sign_in("dev", to="/?x=1")
    assert (back.status, back.to) == (303, "/?x=1")
    board = await reader.get("/")
    assert board.status == 200
    assert "Sign out" in board.text
    assert "unsafe" not in board.headers["Content-Security-Policy"]

    await reader.send("/", "/sign-out")
    assert (await reader.get("/")).status == 303
