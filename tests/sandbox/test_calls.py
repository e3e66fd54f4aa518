"""Tokens, arguments, scopes, limits and faults of the Web API."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.catalogue import FORM_ONLY
from sandbox.faults import Fault
from sandbox.slack import Slack
from tests.sandbox.conftest import FakeClock, refused

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}]


async def bare(session: aiohttp.ClientSession, slack: Slack, method: str, token: str = "") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with session.post(slack.api_url + method, headers=headers) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


async def test_tokens_are_told_apart(slack: Slack, session: aiohttp.ClientSession) -> None:
    assert (await bare(session, slack, "auth.test"))["error"] == "not_authed"
    assert (await bare(session, slack, "auth.test", "xoxb-no"))["error"] == "invalid_auth"
    assert (await bare(session, slack, "auth.test", slack.app_token))["error"] == "not_allowed_token_type"
    wrong = await bare(session, slack, "apps.connections.open", slack.bot_token)
    assert wrong["error"] == "not_allowed_token_type"
    assert (await bare(session, slack, "auth.test", slack.bot_token))["ok"]


async def test_a_method_that_is_not_there_is_said_loudly(
    slack: Slack, client: AsyncWebClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert await refused(client.api_call("files.upload")) == "unknown_method"

    assert "files.upload" in caplog.text


async def test_the_token_names_the_app(client: AsyncWebClient, slack: Slack) -> None:
    answer = await client.auth_test()

    assert (answer["user_id"], answer["bot_id"]) == (slack.workspace.app.user_id, slack.workspace.app.bot_id)
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize("style", ["query", "form", "json"])
async def test_arguments_come_in_three_styles(
    style: str, slack: Slack, session: aiohttp.ClientSession
) -> None:
    given = {"channel": "C0GENERAL1", "text": "hi", "blocks": json.dumps(BLOCKS), "team_id": "T1"}
    styles: dict[str, dict[str, Any]] = {
        "query": {"params": given},
        "form": {"data": given},
        "json": {"json": {**given, "blocks": BLOCKS}},
    }
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with session.post(slack.api_url + "chat.postMessage", headers=headers, **styles[style]) as response:
        answer = await response.json()

    assert answer["message"]["blocks"][0]["text"]["text"] == "*hello*"
    assert answer["message"]["blocks"][0]["block_id"]


async def test_bad_json_is_refused(slack: Slack, session: aiohttp.ClientSession) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}
    url = slack.api_url + "chat.postMessage"
    for body, error in (("{", "invalid_json"), ("[]", "json_not_object")):
        async with session.post(url, headers=headers, data=body) as response:
            assert (await response.json())["error"] == error


async def posted(
    session: aiohttp.ClientSession, slack: Slack, method: str, body: Any, kind: str | None, **headers: str
) -> dict[str, Any]:
    """What Slack answers to this body, sent as this content type."""
    headers = {"Authorization": f"Bearer {slack.bot_token}"} | headers
    if kind:
        headers["Content-Type"] = kind
    skipped = ["Content-Type"] if kind is None else []
    url = slack.api_url + method
    async with session.post(url, headers=headers, data=body, skip_auto_headers=skipped) as response:
        answer: dict[str, Any] = await response.json()
        return answer


@pytest.mark.parametrize(
    ("method", "given", "error"),
    [
        ("bots.info", {}, None),
        ("chat.getPermalink", {"channel": "C0GENERAL1", "message_ts": "1.000000"}, "invalid_arguments"),
        ("conversations.info", {"channel": "C0GENERAL1"}, "invalid_arguments"),
        ("conversations.list", {"types": "nonsense"}, None),
        ("conversations.members", {"channel": "C0GENERAL1"}, "invalid_arguments"),
        ("conversations.replies", {"channel": "C0GENERAL1", "ts": "1.000000"}, "invalid_arguments"),
        ("pins.list", {"channel": "C0GENERAL1"}, "invalid_arguments"),
        ("reactions.get", {"channel": "C0GENERAL1", "timestamp": "1.000000"}, "no_item_specified"),
        ("users.conversations", {"types": "nonsense"}, None),
        ("users.getPresence", {"user": "U0NOBODY"}, None),
        ("users.info", {"user": "U0NOBODY"}, "invalid_arguments"),
        ("users.list", {"cursor": "garbage"}, None),
        ("users.lookupByEmail", {"email": "ana@example.com"}, "invalid_arguments"),
    ],
)
async def test_json_is_no_arguments_where_only_forms_are_read(
    method: str, given: dict[str, str], error: str | None, slack: Slack, session: aiohttp.ClientSession
) -> None:
    kind = "application/json; charset=utf-8"

    answer = await posted(session, slack, method, json.dumps(given), kind)

    assert answer.get("error") == error
    assert method in FORM_ONLY


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        (None, b"channel=C0GENERAL1&text=hi", "missing_post_type"),
        ("application/xml", b"<channel/>", "invalid_post_type"),
        ("application/json; charset=utf-16", b"{}", "invalid_charset"),
        ("application/json", b'{"text": "\xff"}', "invalid_json"),
        ("multipart/form-data", b"channel=C0GENERAL1", "invalid_form_data"),
        ("application/x-www-form-urlencoded", b"users[]=U1", "invalid_array_arg"),
        ("application/x-www-form-urlencoded", b"a-b=U1", "invalid_arg_name"),
        ("text/plain", b"channel=C0GENERAL1&text=hi", "invalid_arguments"),
    ],
)
async def test_a_body_that_slack_cannot_read_is_refused(
    kind: str | None, body: bytes, error: str, slack: Slack, session: aiohttp.ClientSession
) -> None:
    assert (await posted(session, slack, "chat.postMessage", body, kind))["error"] == error


async def test_how_a_call_was_sent_is_remarked_on(slack: Slack, session: aiohttp.ClientSession) -> None:
    charset = {
        "application/json": "missing_charset",
        "application/x-www-form-urlencoded; charset=utf-8": "superfluous_charset",
    }
    for kind, remark in charset.items():
        body = json.dumps({"error": ""}) if "json" in kind else "x=1"
        answer = await posted(session, slack, "auth.test", body, kind)
        assert (answer["warning"], answer["response_metadata"]["warnings"]) == (remark, [remark])
    quiet = await posted(session, slack, "auth.test", "{}", "application/json; charset=utf-8")
    assert "warning" not in quiet


async def test_a_token_inside_json_is_not_read(slack: Slack, session: aiohttp.ClientSession) -> None:
    body = {"token": slack.bot_token, "channel": "C0GENERAL1", "text": "hi"}
    url = slack.api_url + "chat.postMessage"

    async with session.post(url, json=body) as as_json, session.post(url, data=body) as as_form:
        answers = await as_json.json(), await as_form.json()

    assert [answer.get("error") for answer in answers] == ["not_authed", None]


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE"])
async def test_methods_are_called_by_get_and_post(
    verb: str, slack: Slack, session: aiohttp.ClientSession
) -> None:
    async with session.request(verb, slack.api_url + "auth.test") as response:
        assert response.status == 405


@pytest.mark.parametrize(
    ("method", "given", "name"),
    [
        ("chat.postMessage", {"channel": "C0GENERAL1", "text": 12}, "text"),
        ("chat.postMessage", {"channel": "C0GENERAL1", "text": ["hi"]}, "text"),
        ("chat.postMessage", {"channel": ["C0GENERAL1"], "text": "hi"}, "channel"),
        ("conversations.setTopic", {"channel": "C0GENERAL1", "topic": {"value": "hi"}}, "topic"),
        ("bookmarks.add", {"channel_id": "C0GENERAL1", "title": 5, "type": "link"}, "title"),
        ("chat.update", {"channel": "C0GENERAL1", "ts": 1700000000.5, "text": "hi"}, "ts"),
    ],
)
async def test_text_has_to_be_text(
    method: str, given: dict[str, Any], name: str, client: AsyncWebClient
) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await client.api_call(method, json=given)

    answer = refusal.value.response
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [f"[ERROR] must be a string [json-pointer:/{name}]"]


async def test_a_missing_argument_is_named(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await client.api_call("chat.postMessage", json={"text": "hi"})

    answer = refusal.value.response
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


async def test_a_missing_scope_is_named(
    manifest: dict[str, Any], clock: FakeClock, session: aiohttp.ClientSession
) -> None:
    manifest["oauth_config"]["scopes"]["bot"].remove("usergroups:read")
    slack = Slack(manifest, clock)
    await slack.start()
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
    with pytest.raises(SlackApiError) as refusal:
        await client.usergroups_list()

    assert refusal.value.response["error"] == "missing_scope"
    assert refusal.value.response["needed"] == "usergroups:read"
    assert "chat:write" in refusal.value.response["provided"]
    await slack.stop()


async def test_private_channels_need_their_own_scope(
    manifest: dict[str, Any], clock: FakeClock, session: aiohttp.ClientSession
) -> None:
    manifest["oauth_config"]["scopes"]["bot"].remove("groups:write")
    slack = Slack(manifest, clock)
    await slack.start()
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)

    assert (await client.conversations_create(name="open"))["ok"]
    assert await refused(client.conversations_create(name="secret", is_private=True)) == "missing_scope"
    await slack.stop()


async def test_a_client_comes_back_after_a_rate_limit(slack: Slack, client: AsyncWebClient) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.faults.append(Fault("chat.*", "ratelimit", 0))

    await client.chat_postMessage(channel="general", text="hi")

    assert [call.status for call in slack.calls("chat.postMessage")] == [429, 200]


async def test_limits_follow_the_sandboxs_clock(
    slack: Slack, client: AsyncWebClient, clock: FakeClock
) -> None:
    slack.limits.tiers = True
    for number in range(20):
        await client.conversations_create(name=f"inc-{number}")

    with pytest.raises(SlackApiError) as refusal:
        await client.conversations_create(name="one-too-many")
    assert refusal.value.response.status_code == 429
    assert refusal.value.response.headers["Retry-After"] == "60"

    clock.advance(minutes=1)
    assert (await client.conversations_create(name="in-time"))["ok"]


async def test_posting_too_fast_into_one_channel(slack: Slack, client: AsyncWebClient) -> None:
    slack.limits.posting = True
    for _ in range(4):
        await client.chat_postMessage(channel="general", text="hi")

    assert await refused(client.chat_postMessage(channel="general", text="hi")) == "ratelimited"
    assert (await client.chat_postMessage(channel="random", text="hi"))["ok"]


async def test_a_failing_slack_answers_no_json(slack: Slack, client: AsyncWebClient) -> None:
    slack.faults.append(Fault("auth.test", "status", 503))

    with pytest.raises(SlackApiError) as refusal:
        await client.auth_test()

    assert refusal.value.response.status_code == 503


async def test_a_cut_connection_may_hide_that_it_worked(slack: Slack, client: AsyncWebClient) -> None:
    slack.faults += [Fault("chat.postMessage", "drop_before"), Fault("chat.postMessage", "drop_after")]

    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel="general", text="hi")

    assert len(slack.person("ana").messages("general")) == 1


async def test_a_call_may_never_be_answered(slack: Slack, client: AsyncWebClient) -> None:
    slack.faults.append(Fault("chat.*", "hang"))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.chat_postMessage(channel="general", text="hi")


async def test_an_error_can_be_ordered(slack: Slack, client: AsyncWebClient) -> None:
    slack.faults.append(Fault("conversations.*", "error", "internal_error"))

    assert await refused(client.conversations_create(name="inc-1")) == "internal_error"
    assert (await client.conversations_create(name="inc-1"))["ok"]


async def test_depth_counts_round_trips(slack: Slack, client: AsyncWebClient) -> None:
    slack.latency = 0.02
    since = len(slack.record)

    await client.auth_test()
    await asyncio.gather(client.auth_test(), client.auth_test(), client.auth_test())
    await client.chat_postMessage(channel="general", text="third")

    (third,) = slack.calls("chat.postMessage")
    assert slack.depth_of(third, since) == 3
    assert slack.depth(since) == 3


async def test_lists_come_in_pages(client: AsyncWebClient) -> None:
    names: list[str] = []
    async for page in await client.users_list(limit=4):
        assert len(page["members"]) <= 4
        names += [member["name"] for member in page["members"]]

    assert len(names) == len(set(names)) > 12
    assert page["response_metadata"]["next_cursor"] == ""
    assert await refused(client.users_list(cursor="garbage")) == "invalid_cursor"
