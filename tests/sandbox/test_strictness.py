"""What Slack refuses or changes, and a sandbox is easily too kind about."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, refused

GENERAL = "C0GENERAL1"
ANA = "U0ANA00001"
Connect: TypeAlias = Callable[[], Awaitable[None]]
NO_TS = ["", "now", "17000000.1", "1700000000", "1700000000.0000001", "1700000000.00000x"]


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


@pytest.fixture
async def room(client: AsyncWebClient) -> str:
    made = await client.conversations_create(name="inc-1")
    return str(made["channel"]["id"])


# Topics and purposes


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Disk & <b>ack</b> > 3", "Disk &amp; &lt;b&gt;ack&lt;/b&gt; &gt; 3"),
        ("A &amp; B", "A &amp;amp; B"),
        ("See https://a.b/c?d=1&e, now", "See <https://a.b/c?d=1&amp;e>, now"),
        ("Ask ana@example.com.", "Ask <mailto:ana@example.com|ana@example.com>."),
        ("Lead <@U0ANA00001>", "Lead <@U0ANA00001>"),
        ("<!channel> <!here>", "&lt;!channel&gt; &lt;!here&gt;"),
        ("\"quoted\" and 'so'", "\"quoted\" and 'so'"),
    ],
)
async def test_topics_and_purposes_come_back_escaped(
    client: AsyncWebClient, room: str, given: str, kept: str
) -> None:
    await client.conversations_setTopic(channel=room, topic=given)
    await client.conversations_setPurpose(channel=room, purpose=given)

    shown = (await client.conversations_info(channel=room))["channel"]

    assert (shown["topic"]["value"], shown["purpose"]["value"]) == (kept, kept)


async def test_a_topic_is_measured_as_it_was_given(client: AsyncWebClient, room: str) -> None:
    assert (await client.conversations_setTopic(channel=room, topic="&" * 250))["ok"]
    assert await refused(client.conversations_setTopic(channel=room, topic="&" * 251)) == "too_long"


# Messages


async def test_many_blocks_are_too_long_together(client: AsyncWebClient, room: str) -> None:
    long = [section("x" * 2_900) for _ in range(5)]

    posted = await client.chat_postMessage(channel=room, text="x", blocks=long[:4])

    assert await refused(client.chat_postMessage(channel=room, text="x", blocks=long)) == (
        "msg_blocks_too_long"
    )
    changed = client.chat_update(channel=room, ts=posted["ts"], text="x", blocks=long)
    assert await refused(changed) == "msg_too_long"


@pytest.mark.parametrize(
    "attachments",
    [
        "[",
        "hi",
        {"text": "hi"},
        ["hi"],
        [{"text": 5}],
        [{"fields": "x"}],
        [{"fields": [{"title": "a", "short": "yes"}]}],
        [{"blocks": [{"type": "nonsense"}]}],
    ],
    ids=str,
)
async def test_malformed_attachments_are_refused(client: AsyncWebClient, room: str, attachments: Any) -> None:
    given = {"channel": room, "text": "x", "attachments": attachments}

    assert await refused(client.api_call("chat.postMessage", json=given)) == "invalid_attachments"


async def test_an_empty_attachment_says_nothing(client: AsyncWebClient, room: str) -> None:
    given = {"channel": room, "attachments": [{}]}

    assert await refused(client.api_call("chat.postMessage", json=given)) == "no_text"


async def test_what_slack_says_itself_has_no_thread(slack: Slack, client: AsyncWebClient, room: str) -> None:
    await client.conversations_rename(channel=room, name="inc-2")
    await client.conversations_setTopic(channel=room, topic="Fixing")
    await client.conversations_invite(channel=room, users=[ANA])
    told = [one for one in slack.person("ana").messages("inc-2") if one.get("subtype")]

    assert len(told) == 4
    for one in told:
        reply = client.chat_postMessage(channel=room, text="x", thread_ts=one["ts"])
        assert await refused(reply) == "cannot_reply_to_message"


async def test_an_app_does_not_write_as_somebody(client: AsyncWebClient, room: str) -> None:
    for wanted, error in ((True, "as_user_not_supported"), (False, None)):
        given = {"channel": room, "text": "x", "as_user": wanted}
        call = client.api_call("chat.postMessage", json=given)
        assert (await refused(call) if error else (await call).get("error")) == error


async def test_markdown_has_a_limit(client: AsyncWebClient, room: str) -> None:
    assert (await client.chat_postMessage(channel=room, markdown_text="x" * 12_000))["ok"]
    assert await refused(client.chat_postMessage(channel=room, markdown_text="x" * 12_001)) == "msg_too_long"


async def test_nothing_changes_in_an_archived_channel(client: AsyncWebClient, room: str) -> None:
    posted = await client.chat_postMessage(channel=room, text="x")
    await client.conversations_archive(channel=room)

    changed = client.chat_update(channel=room, ts=posted["ts"], text="y")

    assert await refused(changed) == "is_inactive"


@pytest.mark.parametrize("text", [5, ["hi"], {"text": "hi"}], ids=str)
async def test_an_answer_has_to_be_text_too(
    slack: Slack, app: AsyncApp, connect: Connect, session: aiohttp.ClientSession, text: Any
) -> None:
    urls: list[str] = []

    @app.command("/inc")
    async def inc(ack: AsyncAck, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        await ack()

    await connect()
    await slack.person("ana").slash("/inc")
    async with session.post(urls[0], json={"text": text}) as response:
        assert (response.status, await response.text()) == (400, "invalid_arguments")


# Pins, reactions, bookmarks


@pytest.mark.parametrize("ts", NO_TS[1:])
@pytest.mark.parametrize("method", ["pins.add", "pins.remove", "reactions.add", "reactions.remove"])
async def test_a_malformed_time_stamp_is_bad(client: AsyncWebClient, room: str, method: str, ts: str) -> None:
    given = {"channel": room, "timestamp": ts, "name": "eyes"}

    assert await refused(client.api_call(method, json=given)) == "bad_timestamp"


@pytest.mark.parametrize("name", ["no_such_thing", ":eyes:", "Eyes", "eyes::skin-tone-9", "👀", ""])
async def test_only_emoji_that_there_are(client: AsyncWebClient, room: str, name: str) -> None:
    posted = await client.chat_postMessage(channel=room, text="x")

    added = client.reactions_add(channel=room, timestamp=posted["ts"], name=name)

    assert await refused(added) == "invalid_name"
    for good in ("eyes", "wave::skin-tone-3", "+1"):
        assert (await client.reactions_add(channel=room, timestamp=posted["ts"], name=good))["ok"]


async def test_a_bookmarks_emoji_has_colons(client: AsyncWebClient, room: str) -> None:
    given = {"channel_id": room, "title": "Card", "type": "link", "link": "https://example.com"}

    made = await client.bookmarks_add(**given, emoji=":pushpin:")

    for wrong in ("pushpin", ":pushpin", ":no_such_thing:"):
        assert await refused(client.bookmarks_add(**given, emoji=wrong)) == "invalid_emoji"
        changed = client.bookmarks_edit(bookmark_id=made["bookmark"]["id"], channel_id=room, emoji=wrong)
        assert await refused(changed) == "invalid_emoji"


# People


async def test_an_empty_address_is_nobodys(client: AsyncWebClient) -> None:
    assert await refused(client.users_lookupByEmail(email="")) == "users_not_found"


async def test_slackbot_is_among_the_people(slack: Slack, client: AsyncWebClient, room: str) -> None:
    everybody = (await client.users_list(limit=200))["members"]
    [slackbot] = [one for one in everybody if one["id"] == "USLACKBOT"]

    assert (slackbot["is_bot"], slackbot["deleted"], slackbot["name"]) == (False, False, "slackbot")
    assert (await client.users_info(user="USLACKBOT"))["user"]["id"] == "USLACKBOT"
    assert await refused(client.conversations_invite(channel=room, users=["USLACKBOT"])) == "cant_invite"
    assert await refused(client.chat_postMessage(channel="USLACKBOT", text="x")) == "channel_not_found"


async def test_somebody_who_is_put_out_is_not_talked_about(
    slack: Slack, client: AsyncWebClient, ear: Ear, room: str
) -> None:
    await client.conversations_invite(channel=room, users=[ANA])
    await client.conversations_kick(channel=room, user=ANA)
    await slack.person("bo").join("inc-1")
    await slack.person("bo").set_topic("inc-1", f"Ask <@{slack.workspace.app.user_id}>")
    await slack.idle()

    assert "app_mention" not in ear.names


# Blocks


@pytest.mark.parametrize(
    "block",
    [
        {"type": "alert", "text": {"type": "mrkdwn", "text": "Down"}, "level": "error"},
        {"type": "alert", "text": {"type": "plain_text", "text": "Down"}},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "workflow_button",
                    "action_id": "go",
                    "text": {"type": "plain_text", "text": "Go"},
                    "workflow": {"trigger": {"url": "https://slack.com/shortcuts/Ft1/a"}},
                }
            ],
        },
    ],
)
async def test_newer_blocks_are_known(client: AsyncWebClient, room: str, block: dict[str, Any]) -> None:
    assert (await client.chat_postMessage(channel=room, text="x", blocks=[block]))["ok"]
    wrong = {**block, "level": "loud"} if block["type"] == "alert" else {**block, "elements": [{"type": "x"}]}
    assert await refused(client.chat_postMessage(channel=room, text="x", blocks=[wrong])) == "invalid_blocks"


# What people write and press


async def test_what_people_type_comes_as_rich_text_too(
    slack: Slack, client: AsyncWebClient, ear: Ear, room: str
) -> None:
    ana = slack.person("ana")
    await ana.join("inc-1")
    said = await ana.say("inc-1", "@bo see *this* & https://a.b/c :eyes:\n> told\nso")
    await slack.idle()

    [block] = ear.events[-1]["blocks"]
    whole, quoted, last = block["elements"]
    assert (block["type"], bool(block["block_id"])) == ("rich_text", True)
    assert whole["elements"] == [
        {"type": "user", "user_id": "U0BO000002"},
        {"type": "text", "text": " see "},
        {"type": "text", "text": "this", "style": {"bold": True}},
        {"type": "text", "text": " & "},
        {"type": "link", "url": "https://a.b/c"},
        {"type": "text", "text": " "},
        {"type": "emoji", "name": "eyes"},
    ]
    assert (quoted["type"], quoted["elements"]) == ("rich_text_quote", [{"type": "text", "text": "told"}])
    assert last["elements"] == [{"type": "text", "text": "so"}]

    await ana.edit(said, "never mind")
    await slack.idle()
    now = ear.events[-1]["message"]["blocks"][0]["elements"][0]["elements"]
    assert now == [{"type": "text", "text": "never mind"}]


async def test_a_button_in_an_attachment_can_be_pressed(
    slack: Slack, client: AsyncWebClient, ear: Ear, room: str
) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    attached: list[dict[str, Any]] = [
        {"fallback": "x"},
        {"blocks": [{"type": "actions", "elements": [button]}]},
    ]
    await client.chat_postMessage(channel=room, text="x", attachments=attached)
    ana = slack.person("ana")
    await ana.join("inc-1")
    [posted] = [one for one in ana.messages("inc-1") if one.get("attachments")]

    await ana.click(posted, "go")

    [pressed] = [one for one in ear.payloads if one.get("type") == "block_actions"]
    assert pressed["actions"][0]["action_id"] == "go"
    assert pressed["container"]["type"] == "message_attachment"
    assert pressed["container"]["attachment_id"] == 2


async def test_the_files_that_people_send_are_whole(
    manifest: dict[str, Any], clock: Any, session: aiohttp.ClientSession
) -> None:
    manifest["oauth_config"]["scopes"]["bot"].append("files:read")
    manifest["settings"]["event_subscriptions"]["bot_events"].append("file_shared")
    slack = Slack(manifest, clock)
    await slack.start()
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
    await client.conversations_join(channel=GENERAL)
    ear = Ear(slack, session)
    await ear.connect()

    await slack.person("ana").say("general", "look", files=("graph.png",))
    await slack.idle()

    assert ear.names[-2:] == ["file_share", "file_shared"]
    [file] = ear.events[-2]["files"]
    assert ear.events[-1]["file_id"] == file["id"]
    assert (file["mimetype"], file["user"], file["channels"]) == ("image/png", ANA, [GENERAL])
    assert (await client.files_info(file=file["id"]))["file"]["name"] == "graph.png"
    for key in ("url_private", "url_private_download", "permalink"):
        assert file[key].startswith(slack.url)
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with session.get(file["url_private"], headers=headers) as response:
        assert response.status == 200
    await ear.close()
    await slack.stop()


async def test_a_form_comes_back_completed(slack: Slack, app: AsyncApp, connect: Connect) -> None:
    plain = {"type": "plain_text", "text": "Name"}
    asked = {"type": "input", "label": plain, "element": {"type": "plain_text_input"}}
    shown = {
        "type": "modal",
        "title": plain,
        "submit": plain,
        "blocks": [asked, section("Say *what*"), {**asked, "optional": True}],
    }
    opened: list[Any] = []

    @app.command("/inc")
    async def inc(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        opened.append((await client.views_open(trigger_id=body["trigger_id"], view=shown))["view"])

    await connect()
    await slack.person("ana").slash("/inc")
    await slack.idle()

    [view] = opened
    first, text, second = view["blocks"]
    assert view["title"]["emoji"] is True
    assert (first["optional"], first["dispatch_action"], first["label"]["emoji"]) == (False, False, True)
    assert second["optional"] is True
    assert text["text"]["verbatim"] is False
