from typing import Any

import pytest

from sandbox.tokens import Mentions, escape_typed, mentions, mentions_in

PEOPLE = {"ana": "U1", "bo.seo": "U2"}
CHANNELS = {"general": "C1", "inc-1-db": "C2"}
GROUPS = {"backend-devs": "S1"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nobody here", Mentions()),
        ("<@U1> and <@U2|bo>, <@U1> again", Mentions(users=("U1", "U2"))),
        ("see <#C1> or <#C2|general>", Mentions(channels=("C1", "C2"))),
        ("<!subteam^S1> <!subteam^S2|@devs>", Mentions(groups=("S1", "S2"))),
        (
            "<!here> <!channel|channel> <!everyone|@everyone>",
            Mentions(broadcasts=("here", "channel", "everyone")),
        ),
        ("<!date^1700000000^{time}|now> <https://x.example|<> <mailto:a@b.example>", Mentions()),
        ("&lt;!channel&gt; &lt;@U1&gt;", Mentions()),
        ("@here @channel #general", Mentions()),
        ("<!nonsense>", Mentions()),
    ],
)
def test_live_tokens_are_found_in_text(text: str, found: Mentions) -> None:
    assert mentions(text) == found


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def rich(*leaves: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(leaves)}]}


@pytest.mark.parametrize(
    ("block", "found"),
    [
        ({"type": "section", "text": mrkdwn("<@U1>")}, Mentions(users=("U1",))),
        (
            {"type": "section", "fields": [mrkdwn("<@U1>"), mrkdwn("<!here>")]},
            Mentions(("U1",), (), (), ("here",)),
        ),
        ({"type": "section", "text": {"type": "plain_text", "text": "<!channel>"}}, Mentions()),
        ({"type": "header", "text": {"type": "plain_text", "text": "<@U1>"}}, Mentions()),
        ({"type": "context", "elements": [mrkdwn("<!subteam^S1>")]}, Mentions(groups=("S1",))),
        ({"type": "markdown", "text": "# <!channel>"}, Mentions(broadcasts=("channel",))),
        (rich({"type": "user", "user_id": "U1"}), Mentions(users=("U1",))),
        (rich({"type": "usergroup", "usergroup_id": "S1"}), Mentions(groups=("S1",))),
        (rich({"type": "broadcast", "range": "here"}), Mentions(broadcasts=("here",))),
        (rich({"type": "channel", "channel_id": "C1"}), Mentions(channels=("C1",))),
        (rich({"type": "text", "text": "<!channel> <@U1>"}), Mentions()),
        ({"type": "actions", "elements": [{"type": "button", "value": "<@U1>"}]}, Mentions()),
    ],
)
def test_tokens_are_found_where_blocks_are_parsed(block: dict[str, Any], found: Mentions) -> None:
    assert mentions_in([block], "<@U9> is only in the notification") == found


@pytest.mark.parametrize("blocks", [None, []])
def test_text_counts_when_there_are_no_blocks(blocks: list[dict[str, Any]] | None) -> None:
    assert mentions_in(blocks, "<@U9>") == Mentions(users=("U9",))


@pytest.mark.parametrize(
    ("typed", "handed_on"),
    [
        ("ask @ana in #general", "ask <@U1|ana> in <#C1|general>"),
        ("@Ana, please. Or @ana.", "<@U1|ana>, please. Or <@U1|ana>."),
        ("@bo.seo.", "<@U2|bo.seo>."),
        ("@nobody #nowhere", "@nobody #nowhere"),
        ("#inc-1-db: slow", "<#C2|inc-1-db>: slow"),
        ("@backend-devs", "<!subteam^S1|@backend-devs>"),
        ("@here @channel", "<!here> <!channel>"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("see https://x.example/a?b=1&c=2.", "see <https://x.example/a?b=1&amp;c=2>."),
        ("(http://x.example/#general)", "(<http://x.example/#general>)"),
        ("mail ana@ana or bug #1", "mail ana@ana or bug #1"),
        ("", ""),
    ],
)
def test_what_is_typed_is_escaped_as_slack_does(typed: str, handed_on: str) -> None:
    assert escape_typed(typed, PEOPLE, CHANNELS, GROUPS) == handed_on


def test_messages_name_people_without_labels() -> None:
    assert escape_typed("@ana #general", PEOPLE, CHANNELS, labels=False) == "<@U1> <#C1|general>"
