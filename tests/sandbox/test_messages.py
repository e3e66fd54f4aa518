"""Messages: what is stored, who hears of it and whose phone buzzes."""

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.messages import change
from sandbox.person import CannotDo
from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, refused

BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


@pytest.fixture
async def room(slack: Slack, client: AsyncWebClient) -> str:
    """A channel with the app, ana and bo in it."""
    made = await client.conversations_create(name="inc-1")
    people = [slack.workspace.user(name).id for name in ("ana", "bo")]
    await client.conversations_invite(channel=made["channel"]["id"], users=people)
    return str(made["channel"]["id"])


def last(slack: Slack, name: str = "inc-1", who: str = "ana") -> dict[str, Any]:
    return slack.person(who).messages(name)[-1]


async def test_time_stamps_are_unique_and_rise(client: AsyncWebClient, room: str) -> None:
    stamps = [(await client.chat_postMessage(channel=room, text="x"))["ts"] for _ in range(5)]

    assert stamps == sorted(set(stamps))
    assert all(len(ts.partition(".")[2]) == 6 for ts in stamps)


async def test_public_channels_need_membership_or_a_scope(slack: Slack, client: AsyncWebClient) -> None:
    assert (await client.chat_postMessage(channel="C0GENERAL1", text="x"))["ok"]

    app = slack.workspace.app
    slack.workspace.app = replace(app, scopes=app.scopes - {"chat:write.public"})

    assert await refused(client.chat_postMessage(channel="C0GENERAL1", text="x")) == "not_in_channel"


async def test_a_message_must_say_something(client: AsyncWebClient, room: str) -> None:
    assert await refused(client.api_call("chat.postMessage", json={"channel": room})) == "no_text"
    assert await refused(client.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"


async def test_blocks_are_checked_with_pointers(client: AsyncWebClient, room: str) -> None:
    crowd = [{**BUTTON, "action_id": str(number)} for number in range(26)]

    with pytest.raises(SlackApiError) as refusal:
        await client.chat_postMessage(
            channel=room, text="x", blocks=[SECTION, {"type": "actions", "elements": crowd}]
        )

    answer = refusal.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["no more than 25 items allowed [json-pointer:/blocks/1/elements]"]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {answer['errors'][0]}"]


async def test_long_text_is_cut(client: AsyncWebClient, room: str) -> None:
    posted = await client.chat_postMessage(channel=room, text="x" * 50_000)

    assert len(posted["message"]["text"]) == 40_000


async def test_own_posts_are_heard_with_their_bot(
    client: AsyncWebClient, slack: Slack, room: str, ear: Ear
) -> None:
    await client.chat_postMessage(channel=room, text="x")
    await slack.idle()

    event = ear.events[-1]
    assert (event["type"], event["bot_id"], event["app_id"]) == ("message", "B0SANDBOX1", "A0SANDBOX1")
    assert "subtype" not in event
    assert event["bot_profile"]["name"] == "muster"


async def test_a_borrowed_name_needs_its_scope(client: AsyncWebClient, slack: Slack, room: str) -> None:
    refusal = client.chat_postMessage(channel=room, text="x", username="Pager")
    assert await refused(refusal) == "missing_scope"

    app = slack.workspace.app
    slack.workspace.app = replace(app, scopes=app.scopes | {"chat:write.customize"})
    posted = await client.chat_postMessage(channel=room, text="x", username="Pager")

    assert posted["message"]["subtype"] == "bot_message"


async def test_an_update_with_text_alone_drops_the_blocks(
    client: AsyncWebClient, slack: Slack, room: str, ear: Ear
) -> None:
    posted = await client.chat_postMessage(channel=room, text="old", blocks=[SECTION])

    await client.chat_update(channel=room, ts=posted["ts"], text="new")
    await slack.idle()

    assert last(slack)["ts"] == posted["ts"]
    assert "blocks" not in last(slack)
    changed = ear.events[-1]
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert changed["previous_message"]["text"] == "old"
    assert changed["message"]["text"] == "new"


async def test_updates_keep_metadata_until_it_is_emptied(client: AsyncWebClient, room: str) -> None:
    given = {"event_type": "card", "event_payload": {"incident": 1}}
    posted = await client.chat_postMessage(channel=room, text="x", metadata=given)

    async def stored() -> Any:
        history = await client.conversations_history(channel=room, limit=1, include_all_metadata=True)
        return history["messages"][0].get("metadata")

    await client.chat_update(channel=room, ts=posted["ts"], text="y")
    assert await stored() == given
    await client.chat_update(channel=room, ts=posted["ts"], text="z", metadata={})
    assert not await stored()


async def test_the_messages_of_others_are_left_alone(client: AsyncWebClient, slack: Slack, room: str) -> None:
    said = await slack.person("ana").say("inc-1", "mine")
    ours = await client.chat_postMessage(channel=room, text="ours")

    assert await refused(client.chat_update(channel=room, ts=said["ts"], text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(channel=room, ts=said["ts"])) == "cant_delete_message"
    assert await refused(client.chat_delete(channel=room, ts="1.000000")) == "message_not_found"
    with pytest.raises(CannotDo, match="cant_update_message"):
        await slack.person("ana").edit({"channel": room, "ts": ours["ts"]}, "stolen")


async def test_people_edit_and_delete(slack: Slack, room: str, ear: Ear) -> None:
    ana = slack.person("ana")
    said = await ana.say("inc-1", "frist")
    await ana.edit(said, "first")
    await ana.delete(said)
    await slack.idle()

    changed, deleted = ear.events[-2:]
    assert changed["message"]["edited"]["user"] == ana.id
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", said["ts"])
    assert deleted["previous_message"]["text"] == "first"


async def test_an_ephemeral_is_for_one_person_and_soon_gone(
    client: AsyncWebClient, slack: Slack, room: str, ear: Ear
) -> None:
    ana, bo = slack.person("ana"), slack.person("bo")
    heard = len(ear.events)
    posted = await client.chat_postEphemeral(channel=room, user=ana.id, text="psst")
    await slack.idle()

    assert last(slack)["text"] == "psst"
    assert last(slack, who="bo")["text"] != "psst"
    assert len(ear.events) == heard
    assert "psst" not in str((await client.conversations_history(channel=room)).data)
    ts = posted["message_ts"]
    assert await refused(client.chat_update(channel=room, ts=ts, text="x")) == "message_not_found"
    carla = slack.workspace.user("carla").id
    assert (
        await refused(client.chat_postEphemeral(channel=room, user=carla, text="x")) == "user_not_in_channel"
    )
    await ana.reload()
    assert last(slack)["text"] != "psst"
    assert bo.messages("inc-1")


async def test_threads_count_their_replies(client: AsyncWebClient, slack: Slack, room: str) -> None:
    parent = await client.chat_postMessage(channel=room, text="parent")
    reply = await slack.person("ana").say("inc-1", "reply", thread_ts=parent["ts"])
    shown = await client.chat_postMessage(
        channel=room, text="shown", thread_ts=parent["ts"], reply_broadcast=True
    )

    thread = await client.conversations_replies(channel=room, ts=parent["ts"])
    assert [message["text"] for message in thread["messages"]] == ["parent", "reply", "shown"]
    assert thread["messages"][0]["reply_count"] == 2
    assert thread["messages"][0]["latest_reply"] == shown["ts"]
    history = await client.conversations_history(channel=room, limit=2)
    assert [message["text"] for message in history["messages"]] == ["shown", "parent"]
    wrong = client.chat_postMessage(channel=room, text="x", thread_ts=reply["ts"])
    assert await refused(wrong) == "cannot_reply_to_message"
    assert await refused(client.conversations_replies(channel=room, ts="1.0")) == "thread_not_found"


async def test_a_deleted_parent_leaves_a_tombstone(client: AsyncWebClient, slack: Slack, room: str) -> None:
    parent = await client.chat_postMessage(channel=room, text="parent")
    await client.chat_postMessage(channel=room, text="reply", thread_ts=parent["ts"])

    await client.chat_delete(channel=room, ts=parent["ts"])

    thread = await client.conversations_replies(channel=room, ts=parent["ts"])
    assert [message.get("subtype") for message in thread["messages"]] == ["tombstone", None]


async def test_permalinks(client: AsyncWebClient, room: str) -> None:
    parent = await client.chat_postMessage(channel=room, text="parent")
    reply = await client.chat_postMessage(channel=room, text="reply", thread_ts=parent["ts"])

    link = await client.chat_getPermalink(channel=room, message_ts=parent["ts"])
    inner = await client.chat_getPermalink(channel=room, message_ts=reply["ts"])

    assert link["permalink"] == f"https://tanuki.slack.com/archives/{room}/p{parent['ts'].replace('.', '')}"
    assert inner["permalink"].endswith(f"?thread_ts={parent['ts']}&cid={room}")


@pytest.mark.parametrize(
    ("text", "pinged"),
    [
        ("<@U0BO000002> look", {("bo", "mention")}),
        ("<!channel> look", {("ana", "channel"), ("bo", "channel")}),
        ("<!here> look", {("ana", "here"), ("bo", "here")}),
        ("<!subteam^S0BACKEND1>", {("ana", "group"), ("bo", "group")}),
        ("<!everyone> and <@U0CARLA005>", set()),
        ("&lt;!channel&gt; &lt;@U0BO000002&gt;", set()),
        ("no names", set()),
    ],
)
async def test_who_is_notified(
    client: AsyncWebClient, slack: Slack, room: str, text: str, pinged: set[tuple[str, str]]
) -> None:
    await client.chat_postMessage(channel=room, text=text)

    assert {(slack.workspace.users[n.user].handle, n.why) for n in slack.notified} == pinged


async def test_updates_and_threads_do_not_call_everybody(
    client: AsyncWebClient, slack: Slack, room: str
) -> None:
    posted = await client.chat_postMessage(channel=room, text="calm")
    await client.chat_update(channel=room, ts=posted["ts"], text="<!channel> <@U0BO000002>")
    await client.chat_postMessage(channel=room, text="<!channel>", thread_ts=posted["ts"])

    assert slack.notified == []


async def test_a_direct_message_buzzes(client: AsyncWebClient, slack: Slack) -> None:
    await client.chat_postMessage(channel=slack.workspace.user("ana").id, text="wake up")

    assert [(n.user, n.why, n.text) for n in slack.notified] == [("U0ANA00001", "dm", "wake up")]


async def test_mentions_are_heard_twice(slack: Slack, room: str, ear: Ear) -> None:
    app = slack.workspace.app
    scopes, events = app.scopes | {"app_mentions:read"}, app.events | {"app_mention"}
    slack.workspace.app = replace(app, scopes=scopes, events=events)
    heard = len(ear.events)

    await slack.person("ana").say("inc-1", "@muster hello")
    await slack.idle()

    message, mention = ear.events[heard:]
    assert (message["type"], mention["type"]) == ("message", "app_mention")
    assert message["ts"] == mention["ts"]
    assert message["text"] == f"<@{app.user_id}> hello"


async def test_typed_text_is_escaped(slack: Slack, room: str) -> None:
    said = await slack.person("ana").say("inc-1", "a < b & @bo in #random")

    assert said["text"] == "a &lt; b &amp; <@U0BO000002> in <#C0RANDOM02|random>"


async def test_the_apps_own_tab_may_be_read_only(slack: Slack) -> None:
    ana = slack.person("ana")
    direct = await ana.open_dm_with_bot()

    with pytest.raises(CannotDo, match="turned off"):
        await ana.say(direct, "hello?")


async def test_an_unfurl_is_no_edit(slack: Slack, room: str, ear: Ear) -> None:
    await slack.person("ana").say("inc-1", "see https://example.com")
    channel = slack.workspace.channel("inc-1")

    change(
        slack.workspace, channel, channel.messages[-1], {"attachments": [{"from_url": "https://example.com"}]}
    )
    await slack.idle()

    assert ear.events[-1]["subtype"] == "message_changed"
    assert "edited" not in ear.events[-1]["message"]


async def test_files_come_by_name(slack: Slack, room: str, ear: Ear) -> None:
    await slack.person("ana").say("inc-1", "the graph", files=("graph.png",))
    await slack.idle()

    assert ear.events[-1]["subtype"] == "file_share"
    assert [file["name"] for file in ear.events[-1]["files"]] == ["graph.png"]


async def test_pins(client: AsyncWebClient, slack: Slack, room: str, ear: Ear) -> None:
    ana = slack.person("ana")
    said = await ana.say("inc-1", "it broke at 9")
    await ana.pin(said)
    await slack.idle()

    pinned = ear.events[-1]
    assert (pinned["type"], pinned["user"], pinned["channel_id"]) == ("pin_added", ana.id, room)
    assert pinned["item"]["message"]["text"] == "it broke at 9"
    assert await refused(client.pins_add(channel=room, timestamp=said["ts"])) == "already_pinned"
    (item,) = (await client.pins_list(channel=room))["items"]
    assert item["message"]["permalink"]
    await client.pins_remove(channel=room, timestamp=said["ts"])
    assert await refused(client.pins_remove(channel=room, timestamp=said["ts"])) == "no_pin"
    await slack.idle()
    assert (ear.events[-1]["type"], ear.events[-1]["has_pins"]) == ("pin_removed", False)


async def test_reactions(client: AsyncWebClient, slack: Slack, room: str, ear: Ear) -> None:
    ana = slack.person("ana")
    said = await ana.say("inc-1", "look")
    where = {"channel": room, "timestamp": said["ts"]}
    await client.reactions_add(name="eyes", **where)
    await ana.react(said, "eyes")
    await slack.idle()

    assert ear.events[-1]["item"] == {"type": "message", "channel": room, "ts": said["ts"]}
    assert ear.events[-1]["item_user"] == ana.id
    (reaction,) = (await client.reactions_get(**where))["message"]["reactions"]
    assert (reaction["name"], reaction["count"]) == ("eyes", 2)
    assert await refused(client.reactions_add(name="eyes", **where)) == "already_reacted"
    assert await refused(client.reactions_add(name="No!", **where)) == "invalid_name"
    await client.reactions_remove(name="eyes", **where)
    assert await refused(client.reactions_remove(name="eyes", **where)) == "no_reaction"


async def test_marks_elsewhere_are_not_heard(slack: Slack, ear: Ear) -> None:
    said = await slack.person("ana").say("general", "look")
    await slack.person("bo").react(said, "eyes")
    await slack.person("bo").pin(said)
    await slack.idle()

    assert ear.events == []


async def test_bookmarks(client: AsyncWebClient, slack: Slack, room: str) -> None:
    given = {"channel_id": room, "title": "Doc", "type": "link"}
    added = await client.bookmarks_add(link="https://example.com", **given)
    key = added["bookmark"]["id"]

    await client.bookmarks_edit(channel_id=room, bookmark_id=key, title="Review")
    assert slack.workspace.channels[room].bookmarks[0]["title"] == "Review"
    assert await refused(client.bookmarks_add(link="nonsense", **given)) == "invalid_link"
    assert await refused(client.bookmarks_edit(channel_id=room, bookmark_id="Bk0")) == "not_found"
    await client.bookmarks_remove(channel_id=room, bookmark_id=key)
    for _ in range(100):
        await client.bookmarks_add(link="https://example.com", **given)
    assert await refused(client.bookmarks_add(link="https://example.com", **given)) == "too_many_bookmarks"
