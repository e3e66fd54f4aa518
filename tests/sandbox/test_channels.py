"""Channels: names, members, archives and what they tell the app."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.person import CannotDo
from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, FakeClock, refused


async def made(client: AsyncWebClient, name: str = "inc-1", **kwargs: Any) -> str:
    answer = await client.conversations_create(name=name, **kwargs)
    return str(answer["channel"]["id"])


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("Inc", "invalid_name_specials"),
        ("a b", "invalid_name_specials"),
        ("--", "invalid_name_punctuation"),
        ("general", "name_taken"),
    ],
)
async def test_names_are_checked(client: AsyncWebClient, name: str, error: str) -> None:
    assert await refused(client.conversations_create(name=name)) == error


async def test_names_of_archived_channels_stay_taken(client: AsyncWebClient) -> None:
    await client.conversations_archive(channel=await made(client))

    assert await refused(client.conversations_create(name="inc-1")) == "name_taken"


async def test_the_creator_is_the_only_member(slack: Slack, client: AsyncWebClient) -> None:
    channel = await made(client)

    assert (await client.conversations_members(channel=channel))["members"] == [slack.workspace.app.user_id]
    assert (await client.conversations_info(channel=channel))["channel"]["is_member"] is True


async def test_only_its_creator_renames_a_channel(client: AsyncWebClient, slack: Slack) -> None:
    channel = await made(client)
    theirs = await slack.person("ana").create("theirs")
    await slack.person("ana").invite("theirs", slack.workspace.app.user_id)

    answer = await client.conversations_rename(channel=channel, name="inc-1-db")
    assert answer["channel"]["name"] == "inc-1-db"
    assert answer["channel"]["previous_names"] == ["inc-1"]
    assert await refused(client.conversations_rename(channel=theirs, name="ours")) == "not_authorized"


async def test_invitations_are_all_or_nothing_unless_forced(slack: Slack, client: AsyncWebClient) -> None:
    channel = await made(client)
    ana, bo, old = (slack.workspace.user(name).id for name in ("ana", "bo", "old"))
    await client.conversations_invite(channel=channel, users=ana)

    with pytest.raises(SlackApiError) as refusal:
        await client.conversations_invite(channel=channel, users=[ana, bo, old])
    assert refusal.value.response["error"] == "already_in_channel"
    assert [error["error"] for error in refusal.value.response["errors"]] == [
        "already_in_channel",
        "user_not_found",
    ]
    assert bo not in slack.workspace.channel("inc-1").members

    await client.conversations_invite(channel=channel, users=[ana, bo, old], force=True)
    assert bo in slack.workspace.channel("inc-1").members


async def test_invitations_that_cannot_be(slack: Slack, client: AsyncWebClient) -> None:
    channel, me = await made(client), slack.workspace.app.user_id

    assert await refused(client.conversations_invite(channel=channel, users=me)) == "cant_invite_self"
    assert await refused(client.conversations_invite(channel=channel, users="UNOBODY")) == "user_not_found"
    assert await refused(client.conversations_invite(channel="C0GENERAL1", users=me)) == "not_in_channel"


async def test_topics_have_a_limit(client: AsyncWebClient) -> None:
    channel = await made(client)

    answer = await client.conversations_setTopic(channel=channel, topic="t" * 250)
    assert answer["channel"]["topic"]["value"] == "t" * 250
    assert await refused(client.conversations_setTopic(channel=channel, topic="t" * 251)) == "too_long"
    assert await refused(client.conversations_setPurpose(channel=channel, purpose="t" * 251)) == "too_long"
    assert (await client.conversations_setTopic(channel=channel, topic=""))["ok"]


async def test_archiving_puts_the_app_out(slack: Slack, client: AsyncWebClient) -> None:
    channel = await made(client)
    ana = slack.person("ana")
    await ana.join("inc-1")

    await client.conversations_archive(channel=channel)

    assert await refused(client.chat_postMessage(channel=channel, text="late")) == "is_archived"
    assert await refused(client.conversations_archive(channel=channel)) == "already_archived"
    assert await refused(client.conversations_unarchive(channel=channel)) == "not_in_channel"
    assert await refused(client.conversations_history(channel=channel)) == "not_in_channel"

    await ana.unarchive("inc-1")
    assert await refused(client.conversations_history(channel=channel)) == "not_in_channel"
    await ana.invite("inc-1", slack.workspace.app.user_id)
    assert (await client.conversations_history(channel=channel))["ok"]


async def test_a_deleted_channel_is_nowhere_any_more(slack: Slack, client: AsyncWebClient, ear: Ear) -> None:
    channel, secret = await made(client), await made(client, "inc-2", is_private=True)
    ana, bo = slack.person("ana"), slack.person("bo")
    await client.conversations_invite(channel=secret, users=slack.workspace.user("ana").id)
    posted = await client.chat_postMessage(channel=channel, text="up")
    with pytest.raises(CannotDo, match="restricted_action"):
        await bo.delete_channel("inc-1")

    await ana.delete_channel("inc-1")
    await ana.delete_channel("inc-2")
    await slack.idle()

    for call in (
        client.chat_postMessage(text="late", channel=channel),
        client.chat_update(ts=posted["ts"], text="late", channel=channel),
        client.conversations_info(channel=channel),
        client.conversations_join(channel=channel),
        client.conversations_setTopic(topic="late", channel=channel),
    ):
        assert await refused(call) == "channel_not_found"
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert not {"inc-1", "inc-2"} & {one["name"] for one in listed["channels"]}
    me = slack.workspace.user("ana").id
    gone = [one for one in ear.events if one["type"].endswith("_deleted")]
    assert [(one["type"], one["channel"], one["actor_id"]) for one in gone] == [
        ("channel_deleted", channel, me),
        ("group_deleted", secret, me),
    ]
    assert await made(client) != channel


async def test_private_channels_are_hidden_from_strangers(slack: Slack, client: AsyncWebClient) -> None:
    assert await refused(client.conversations_info(channel="C0LEADERS9")) == "channel_not_found"
    assert await refused(client.chat_postMessage(channel="C0LEADERS9", text="hi")) == "channel_not_found"
    types = "public_channel,private_channel"
    names = [c["name"] for c in (await client.conversations_list(types=types))["channels"]]
    assert "general" in names
    assert "leadership" not in names
    with pytest.raises(CannotDo):
        slack.person("ana").messages("leadership")


async def test_kicking_and_leaving(slack: Slack, client: AsyncWebClient) -> None:
    channel, ana = await made(client), slack.workspace.user("ana").id
    await client.conversations_invite(channel=channel, users=ana)
    me = slack.workspace.app.user_id

    assert await refused(client.conversations_kick(channel=channel, user=me)) == "cant_kick_self"
    assert (await client.conversations_kick(channel=channel, user=ana))["ok"]
    assert await refused(client.conversations_kick(channel=channel, user=ana)) == "not_in_channel"
    assert (await client.conversations_leave(channel=channel))["ok"]
    assert await refused(client.chat_update(channel=channel, ts="1.2", text="x")) == "message_not_found"


async def test_direct_messages_have_one_id(slack: Slack, client: AsyncWebClient) -> None:
    ana, old = slack.workspace.user("ana").id, slack.workspace.user("old").id

    first = await client.conversations_open(users=ana)
    again = await client.conversations_open(users=ana)
    posted = await client.chat_postMessage(channel=ana, text="hello")

    assert first["channel"]["id"] == again["channel"]["id"] == posted["channel"]
    assert again["already_open"]
    assert [message["text"] for message in slack.person("ana").dm()] == ["hello"]
    assert await refused(client.conversations_open(users=old)) == "user_disabled"


async def test_history_is_read_newest_first_in_pages(
    slack: Slack, client: AsyncWebClient, clock: FakeClock
) -> None:
    channel = await made(client)
    stamps = []
    for number in range(5):
        clock.advance(seconds=1)
        payload = {"event_type": "page", "event_payload": {"n": number}}
        posted = await client.chat_postMessage(channel=channel, text=str(number), metadata=payload)
        stamps.append(posted["ts"])

    page = await client.conversations_history(channel=channel, limit=2, include_all_metadata=True)
    assert [message["text"] for message in page["messages"]] == ["4", "3"]
    assert page["messages"][0]["metadata"]["event_payload"] == {"n": 4}
    assert page["has_more"]

    bounds = {"oldest": stamps[1], "latest": stamps[3]}
    between = await client.conversations_history(channel=channel, **bounds)
    inside = await client.conversations_history(channel=channel, inclusive=True, **bounds)
    assert [message["text"] for message in between["messages"]] == ["2"]
    assert [message["text"] for message in inside["messages"]] == ["3", "2", "1"]
    assert "metadata" not in inside["messages"][0]
    assert await refused(client.conversations_history(channel=channel, oldest="no")) == "invalid_ts_oldest"


async def test_the_app_hears_of_what_happens_where_it_is(
    slack: Slack, client: AsyncWebClient, ear: Ear
) -> None:
    ana, bo = slack.person("ana"), slack.person("bo")
    await ana.say("general", "nobody else is here")
    assert ear.events == []

    await made(client)
    await ana.join("inc-1")
    await bo.join("inc-1")
    await bo.leave("inc-1")
    await ana.set_topic("inc-1", "on fire")
    await ana.rename("inc-1", "inc-1-db")
    await ana.archive("inc-1-db")
    await ana.unarchive("inc-1-db")
    await slack.idle()

    assert ear.names == [
        *("member_joined_channel", "channel_join") * 3,
        *("channel_leave", "member_left_channel"),
        "channel_topic",
        *("channel_rename", "channel_name"),
        *("channel_archive", "channel_archive"),
        "channel_unarchive",
    ]


async def test_an_app_that_is_put_out_hears_no_more(slack: Slack, client: AsyncWebClient, ear: Ear) -> None:
    await made(client)
    ana = slack.person("ana")
    await ana.join("inc-1")
    await ana.kick("inc-1", slack.workspace.app.user_id)
    await slack.idle()
    heard = len(ear.events)

    await ana.say("inc-1", "in private")
    await slack.idle()

    assert ear.names[-2:] == ["member_left_channel", "channel_left"]
    assert len(ear.events) == heard


async def test_private_channels_send_group_events(slack: Slack, client: AsyncWebClient, ear: Ear) -> None:
    channel = await made(client, is_private=True)
    await client.conversations_invite(channel=channel, users=slack.workspace.user("ana").id)
    await slack.person("ana").say("inc-1", "hush")
    await slack.idle()

    assert ear.events[-1]["channel_type"] == "group"
    assert {event["channel_type"] for event in ear.events if event["type"] == "member_joined_channel"} == {
        "G"
    }
    assert "channel_created" not in ear.names


async def test_unsubscribed_events_are_not_sent(
    manifest: dict[str, Any], clock: FakeClock, session: aiohttp.ClientSession
) -> None:
    manifest["settings"]["event_subscriptions"]["bot_events"] = [
        "message.channels",
        "reaction_added",
        "app_mention",
    ]
    manifest["oauth_config"]["scopes"]["bot"].remove("reactions:read")
    slack = Slack(manifest, clock)
    await slack.start()
    ear = Ear(slack, session)
    await ear.connect()
    await slack.person("ana").create("quiet")
    await slack.person("ana").invite("quiet", slack.workspace.app.user_id)
    said = await slack.person("ana").say("quiet", "hello")
    await slack.person("ana").react(said, "eyes")
    await slack.idle()

    assert ear.names == ["channel_join", "message"]
    await ear.close()
    await slack.stop()
