"""Messages that are posted later, by the sandbox's clock."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, FakeClock, refused, until

GENERAL = "C0GENERAL1"
DAY = 24 * 3600


def texts(slack: Slack) -> list[str]:
    return [message["text"] for message in slack.person("ana").messages("general")]


async def test_a_message_is_posted_when_its_time_has_come(
    slack: Slack, client: AsyncWebClient, clock: FakeClock, ear: Ear
) -> None:
    await client.conversations_join(channel=GENERAL)
    at = slack.workspace.seconds() + 3600
    made = await client.chat_scheduleMessage(channel=GENERAL, post_at=at, text="on the hour")

    clock.advance(minutes=59)
    await slack.idle()
    before = texts(slack)
    clock.advance(minutes=1)
    await until(lambda: "on the hour" in texts(slack))
    await slack.idle()

    assert "on the hour" not in before
    assert (made["post_at"], made["message"]["text"], made["channel"]) == (at, "on the hour", GENERAL)
    assert ear.events[-1]["text"] == "on the hour"
    assert float(ear.events[-1]["ts"]) >= at
    assert (await client.chat_scheduledMessages_list())["scheduled_messages"] == []


@pytest.mark.parametrize(
    ("post_at", "error"),
    [(-1, "time_in_past"), (0, "time_in_past"), (120 * DAY + 60, "time_too_far"), (None, "invalid_time")],
)
async def test_a_time_that_cannot_be(
    slack: Slack, client: AsyncWebClient, post_at: int | None, error: str
) -> None:
    at = "soon" if post_at is None else slack.workspace.seconds() + post_at

    assert await refused(client.chat_scheduleMessage(channel=GENERAL, post_at=at, text="x")) == error


async def test_what_is_wrong_with_any_message_is_wrong_with_it_at_once(
    slack: Slack, client: AsyncWebClient
) -> None:
    at = slack.workspace.seconds() + 100

    assert (
        await refused(
            client.chat_scheduleMessage(channel=GENERAL, post_at=at, text="x", blocks=[{"type": "x"}])
        )
        == "invalid_blocks"
    )
    assert (
        await refused(client.chat_scheduleMessage(channel="C1", post_at=at, text="x")) == "channel_not_found"
    )


async def test_a_scheduled_message_is_listed_and_taken_back(
    slack: Slack, client: AsyncWebClient, clock: FakeClock
) -> None:
    at = slack.workspace.seconds() + 3600
    ids = [
        (await client.chat_scheduleMessage(channel=GENERAL, post_at=at + number, text=f"{number}"))[
            "scheduled_message_id"
        ]
        for number in (2, 1)
    ]

    listed = await client.chat_scheduledMessages_list(channel=GENERAL, limit=1)
    rest = await client.chat_scheduledMessages_list(cursor=listed["response_metadata"]["next_cursor"])
    await client.chat_deleteScheduledMessage(channel=GENERAL, scheduled_message_id=ids[0])
    clock.advance(hours=2)
    await until(lambda: "1" in texts(slack))

    assert [one["text"] for answer in (listed, rest) for one in answer["scheduled_messages"]] == ["1", "2"]
    assert listed["scheduled_messages"][0]["channel_id"] == GENERAL
    assert texts(slack) == ["1"]


async def test_taking_back_has_its_limits(slack: Slack, client: AsyncWebClient) -> None:
    near = await client.chat_scheduleMessage(
        channel=GENERAL, post_at=slack.workspace.seconds() + 30, text="x"
    )

    for name in (near["scheduled_message_id"], "Q1"):
        code = await refused(client.chat_deleteScheduledMessage(channel=GENERAL, scheduled_message_id=name))
        assert code == "invalid_scheduled_message_id"
    assert await refused(client.chat_scheduledMessages_list(channel="C1")) == "invalid_channel"


async def test_thirty_in_five_minutes_are_enough(slack: Slack, client: AsyncWebClient) -> None:
    at = (slack.workspace.seconds() // 300 + 2) * 300
    for number in range(30):
        await client.chat_scheduleMessage(channel=GENERAL, post_at=at + number, text="x")

    assert (
        await refused(client.chat_scheduleMessage(channel=GENERAL, post_at=at + 40, text="x"))
        == "restricted_too_many"
    )
    assert (await client.chat_scheduleMessage(channel=GENERAL, post_at=at + 300, text="x"))["ok"]


async def test_a_message_that_cannot_be_posted_any_more_is_not(
    slack: Slack, client: AsyncWebClient, clock: FakeClock
) -> None:
    at = slack.workspace.seconds() + 60
    await client.chat_scheduleMessage(channel="C0RANDOM02", post_at=at, text="gone")
    metadata = {"event_type": "x", "event_payload": {}}
    await client.chat_scheduleMessage(channel=GENERAL, post_at=at, text="defect", metadata=metadata)
    await slack.person("ana").archive("random")

    clock.advance(minutes=2)
    await until(lambda: not slack.workspace.scheduled)

    assert "defect" not in texts(slack)
    assert "gone" not in str(slack.person("ana").messages("random"))
