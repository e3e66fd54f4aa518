"""Whatever is sent to the sandbox is answered in words, never with a traceback; its clock stays in sight."""

import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.acts import ACTS
from sandbox.acts.shape import FLAGS, TEXTS, check_shape
from sandbox.errors import Unusable
from sandbox.slack import Slack
from tests.sandbox.conftest import FakeClock, key

ANA = "U0ANA00001"
POSTS = ("act", "advance", "clock", "faults", "reset")
NO_JSON = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"\xff\xfe",
    b'{"seconds": NaN}',
    b'{"seconds": 1e999}',
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b'{"seconds": ' + b"9" * 5_000 + b"}",
]


async def posted(slack: Slack, session: aiohttp.ClientSession, path: str, body: bytes, **headers: str) -> Any:
    known = {"Content-Type": "application/json", **key(slack), **headers}
    async with session.post(f"{slack.url}{path}", data=body, headers=known) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("path", [one for one in POSTS if one != "reset"])
@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
async def test_what_is_no_json_object_is_refused(
    slack: Slack, session: aiohttp.ClientSession, path: str, body: bytes
) -> None:
    status, said = await posted(slack, session, f"/ui/{path}", body)

    assert (status, said) == (400, "expected a JSON object")


@pytest.mark.parametrize("path", ["/phones/ana", "/hooks/x", "/api/api.test", "/api/chat.postMessage"])
@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
async def test_programs_are_answered_too(
    slack: Slack, session: aiohttp.ClientSession, path: str, body: bytes
) -> None:
    status, _ = await posted(slack, session, path, body, Authorization=f"Bearer {slack.bot_token}")

    assert status in (200, 400, 404)


@pytest.mark.parametrize("seconds", [1e308, -1, 86_401, 10**400, True, "60", None, [60], {"a": 1}])
async def test_the_time_moves_by_a_day_at_most(
    slack: Slack, session: aiohttp.ClientSession, clock: FakeClock, seconds: Any
) -> None:
    async def skip(by: float) -> None:
        clock.advance(seconds=by)

    slack.on_advance = skip
    before = clock.now()

    status, said = await posted(slack, session, "/ui/advance", json.dumps({"seconds": seconds}).encode())

    assert status == 400
    assert said.startswith("seconds: found ") or said == "expected a JSON object"
    assert clock.now() == before
    assert (await posted(slack, session, "/ui/advance", b'{"seconds": 86400}'))[0] == 200
    assert clock.now() - before == timedelta(days=1)


@pytest.mark.parametrize("speed", [True, 1.0, 1e308, 0, -1, "60", [60], {}, 10**30])
@pytest.mark.parametrize("field", ["speed", "paused"])
async def test_the_pace_takes_what_the_page_offers(
    slack: Slack, session: aiohttp.ClientSession, field: str, speed: Any
) -> None:
    async def skip(by: float) -> None: ...

    slack.on_advance = skip
    status, said = await posted(slack, session, "/ui/clock", json.dumps({field: speed}).encode())

    assert status == 400
    assert f"{field}: found" in said or "cannot be held" in said
    assert slack.pace.speed == 1


@pytest.mark.parametrize("value", [1e308, -1, 10**40, True, "x", None, [], {}])
@pytest.mark.parametrize(
    "switch",
    [
        lambda value: {"latency": value},
        lambda value: {"events": {"delay": value}},
        lambda value: {"phones": {"delay": value}},
        lambda value: {"add": {"kind": "slow", "value": value}},
        lambda value: {"add": {"kind": "ratelimit", "value": value}},
        lambda value: {"add": {"kind": "drop_after", "times": value}},
    ],
)
async def test_no_switch_takes_what_cannot_be_waited_for(
    slack: Slack, session: aiohttp.ClientSession, switch: Any, value: Any
) -> None:
    status, said = await posted(slack, session, "/ui/faults", json.dumps(switch(value)).encode())

    assert status == 400
    assert "found" in said
    assert slack.latency == 0
    assert slack.faults == []


ODD: list[Any] = [None, True, 0, 1e308, "", "x", [], [1], {}, {"a": {"b": 1}}, [[]]]


@pytest.mark.parametrize(
    "switch", ["down", "clear", "add", "events", "limits", "phones", "groups", "drill", "x"]
)
@pytest.mark.parametrize("value", ODD, ids=repr)
async def test_no_switch_breaks(
    slack: Slack, session: aiohttp.ClientSession, switch: str, value: Any
) -> None:
    status, _ = await posted(slack, session, "/ui/faults", json.dumps({switch: value}).encode())

    assert status in (200, 400)


@pytest.mark.parametrize("do", [*ACTS, "x", "", None, [], {}])
@pytest.mark.parametrize("value", ODD, ids=repr)
async def test_no_act_breaks(slack: Slack, session: aiohttp.ClientSession, do: Any, value: Any) -> None:
    slack.patience = 0.01
    fields = (*TEXTS, *FLAGS, "who", "files", "state", "value", "values")
    good = {"channel": "C0GENERAL1", "text": "hi", "name": "x", "who": "U0BO000002"}
    for field in fields:
        body = {"user": ANA, "do": do, **good, field: value}
        status, _ = await posted(slack, session, "/ui/act", json.dumps(body).encode())
        assert status in (200, 400), body


@pytest.mark.parametrize(
    "path",
    [
        "stream",
        "stream?user=x",
        "sidebar",
        "sidebar?user=",
        "conversation?user=ana",
        "conversation?user=ana&id=C0GENERAL1&before=x&thread_ts=%00",
        "modal",
        "home?user=%ff",
        "phone",
        "file",
        "file?user=ana&id=x",
        "record?after=x",
        "record?only=1,x",
        "record?limit=" + "9" * 5_000,
        "record?limit=-5&after=-99999999999999999999",
        "record?method=[[[&kind=x",
        "nothing",
    ],
)
async def test_no_question_breaks(slack: Slack, session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(f"{slack.url}/ui/{path}", headers=key(slack)) as answer:
        assert answer.status in (200, 400, 404)


@pytest.mark.parametrize("uri", ["http://[", "http://a:b", "x", "%00", "http://localhost:99999/"])
async def test_signing_in_takes_no_broken_address(
    slack: Slack, session: aiohttp.ClientSession, uri: str
) -> None:
    asked = {"client_id": slack.sign_in.client_id, "redirect_uri": uri, "scope": "openid"}
    async with session.get(f"{slack.url}/openid/connect/authorize", params=asked) as answer:
        assert answer.status == 400


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=x", "application/json; charset=x"]
)
@pytest.mark.parametrize("path", ["/upload/v1/x", "/openid/connect/authorize", "/api/api.test", "/hooks/x"])
async def test_broken_forms_are_refused(
    slack: Slack, session: aiohttp.ClientSession, path: str, kind: str
) -> None:
    status, _ = await posted(slack, session, path, b"--y\r\n\r\nx", **{"Content-Type": kind})

    assert status in (200, 400, 404, 415)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*TEXTS, "type", "value", "x"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*TEXTS, *FLAGS, "who", "files", "state", "value", "values"]), JSON))
def test_the_shape_of_an_act_is_told_or_refused(body: dict[str, Any]) -> None:
    with suppress(Unusable):
        check_shape(body)
