"""Modals and the Home tab."""

from copy import deepcopy
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.person import CannotDo
from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, FakeClock, refused


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def form(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A modal, by default of one text field."""
    fields = list(blocks) or [field("name", {"type": "plain_text_input", "action_id": "typed"})]
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("A form"),
        "submit": plain("Send"),
        "blocks": fields,
        **more,
    }


async def trigger(slack: Slack, ear: Ear, who: str = "ana") -> str:
    await slack.person(who).slash("/inc", "x")
    return str(ear.payloads[-1]["trigger_id"])


async def opened(slack: Slack, ear: Ear, client: AsyncWebClient, view: dict[str, Any]) -> str:
    answer = await client.views_open(trigger_id=await trigger(slack, ear), view=view)
    return str(answer["view"]["id"])


async def test_a_trigger_opens_one_form_within_three_seconds(
    slack: Slack, ear: Ear, client: AsyncWebClient, clock: FakeClock
) -> None:
    used = await trigger(slack, ear)
    await client.views_open(trigger_id=used, view=form())
    late = await trigger(slack, ear)
    clock.advance(seconds=3.5)

    assert await refused(client.views_open(trigger_id=used, view=form())) == "exchanged_trigger_id"
    assert await refused(client.views_open(trigger_id=late, view=form())) == "expired_trigger_id"
    assert await refused(client.views_open(trigger_id="1.2.x", view=form())) == "invalid_trigger_id"


async def test_forms_are_checked_with_pointers(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    bad = form(title=plain("x" * 25), private_metadata="x" * 3001)
    bad.pop("submit")

    with pytest.raises(SlackApiError) as refusal:
        await client.views_open(trigger_id=await trigger(slack, ear), view=bad)

    answer = refusal.value.response
    assert answer["error"] == "invalid_arguments"
    text = " ".join(answer["response_metadata"]["messages"])
    assert "must be less than 25 characters [json-pointer:/view/title/text]" in text
    assert "must be less than 3001 characters [json-pointer:/view/private_metadata]" in text
    assert "missing required field: submit" in text


async def test_a_submission_has_no_channel(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    await opened(slack, ear, client, form(private_metadata="C1"))
    ana = slack.person("ana")
    await ana.fill({"name": "Database & <b>"})

    assert await ana.submit() == {}

    payload = ear.payloads[-1]
    assert payload["type"] == "view_submission"
    assert "channel" not in payload
    assert payload["response_urls"] == []
    assert payload["view"]["private_metadata"] == "C1"
    typed = {"type": "plain_text_input", "value": "Database & <b>"}
    assert payload["view"]["state"]["values"] == {"name": {"typed": typed}}
    assert ana.modal is None


async def test_every_element_tells_its_value(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    options = [{"text": plain("S1"), "value": "1"}, {"text": plain("S2"), "value": "2"}]
    view = form(
        field("text", {"type": "plain_text_input", "action_id": "a", "initial_value": "before"}),
        field("count", {"type": "number_input", "action_id": "a", "is_decimal_allowed": False}),
        field("one", {"type": "static_select", "action_id": "a", "options": options}),
        field("some", {"type": "checkboxes", "action_id": "a", "options": options}, optional=True),
        field("who", {"type": "users_select", "action_id": "a"}),
        field("where", {"type": "multi_conversations_select", "action_id": "a"}),
        field("when", {"type": "datetimepicker", "action_id": "a"}),
        field("day", {"type": "datepicker", "action_id": "a"}, optional=True),
    )
    await opened(slack, ear, client, view)
    ana = slack.person("ana")
    filled: dict[str, Any] = {
        "count": 3,
        "one": "S2",
        "who": "bo",
        "where": ["general"],
        "when": 1_800_000_000,
    }
    await ana.fill(filled)

    assert await ana.submit() == {}

    values = {block: entry["a"] for block, entry in ear.payloads[-1]["view"]["state"]["values"].items()}
    assert values["text"]["value"] == "before"
    assert values["count"]["value"] == "3"
    assert values["one"]["selected_option"] == {"text": {**plain("S2"), "emoji": True}, "value": "2"}
    assert values["some"]["selected_options"] == []
    assert values["who"]["selected_user"] == "U0BO000002"
    assert values["where"]["selected_conversations"] == ["C0GENERAL1"]
    assert values["when"]["selected_date_time"] == 1_800_000_000
    assert values["day"]["selected_date"] is None


async def test_slack_checks_before_it_sends(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    view = form(
        field("name", {"type": "plain_text_input", "action_id": "a", "min_length": 3}),
        field("mail", {"type": "email_text_input", "action_id": "a"}),
    )
    await opened(slack, ear, client, view)
    ana, sent = slack.person("ana"), len(ear.payloads)

    await ana.fill({"name": "ab", "mail": "nonsense"})

    assert set(await ana.submit()) == {"name", "mail"}
    assert len(ear.payloads) == sent


async def test_who_and_what_may_be_chosen(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    only_public = {"type": "conversations_select", "action_id": "a", "filter": {"include": ["public"]}}
    view = form(field("who", {"type": "users_select", "action_id": "a"}), field("where", only_public))
    await opened(slack, ear, client, view)

    for values in ({"who": "old"}, {"where": "leadership"}, {"nothing": "x"}):
        with pytest.raises(CannotDo, match=r"old|leadership|nothing"):
            await slack.person("ana").fill(values)


async def test_the_app_may_complain(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    await opened(slack, ear, client, form())
    ana = slack.person("ana")
    await ana.fill({"name": "x"})

    ear.answers = [{"response_action": "errors", "errors": {"name": "Too short"}}]
    assert await ana.submit() == {"name": "Too short"}
    assert ana.modal is not None
    assert ana.modal_errors == {"name": "Too short"}

    ear.answers = [{"response_action": "errors", "errors": {"nothing": "?"}}]
    assert list(await ana.submit()) == [""]


async def test_a_silent_app_leaves_the_form_open(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    await opened(slack, ear, client, form())
    ana = slack.person("ana")
    await ana.fill({"name": "x"})
    slack.patience, ear.deaf = 0.05, True

    assert await ana.submit() == {"": "We had some trouble connecting. Try again?"}
    assert ana.modal is not None


async def test_answers_update_push_and_clear(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    first = await opened(slack, ear, client, form())
    ana = slack.person("ana")
    await ana.fill({"name": "x"})

    ear.answers = [{"response_action": "push", "view": form(callback_id="second")}]
    assert await ana.submit() == {}
    assert ana.modal is not None
    assert ana.modal["previous_view_id"] == ana.modal["root_view_id"] == first
    await ana.fill({"name": "y"})

    ear.answers = [{"response_action": "update", "view": form(callback_id="third")}]
    assert await ana.submit() == {}
    assert (ana.modal["callback_id"], ana.modal["state"]["values"]["name"]["typed"]["value"]) == (
        "third",
        "y",
    )

    ear.answers = [{"response_action": "clear"}]
    assert await ana.submit() == {}
    assert ana.modal is None


async def test_the_stack_holds_three(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    button = {"type": "button", "action_id": "more", "text": plain("More")}
    view = form({"type": "actions", "block_id": "b", "elements": [button]})
    await opened(slack, ear, client, view)
    ana = slack.person("ana")

    for expected in (None, None, "push_limit_reached"):
        await ana.press("more")
        payload = ear.payloads[-1]
        assert payload["container"] == {"type": "view", "view_id": payload["view"]["id"]}
        assert not {"channel", "response_url"} & set(payload)
        pushing = client.views_push(trigger_id=payload["trigger_id"], view=view)
        assert (await refused(pushing) if expected else (await pushing)["ok"]) == (expected or True)
    await ana.close_modal()
    assert len(slack.workspace.stacks[ana.id]) == 2


async def test_a_push_needs_a_trigger_from_a_form(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    await opened(slack, ear, client, form())

    pushing = client.views_push(trigger_id=await trigger(slack, ear), view=form())

    assert await refused(pushing) == "invalid_trigger_id"


async def test_updates_keep_what_was_typed(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    view_id = await opened(slack, ear, client, form(external_id="mine"))
    ana = slack.person("ana")
    await ana.fill({"name": "typed"})
    assert ana.modal is not None
    old = ana.modal["hash"]
    wider = form(external_id="mine")
    wider["blocks"].append(field("more", {"type": "plain_text_input", "action_id": "typed"}, optional=True))

    await client.views_update(external_id="mine", view=wider, hash=old)

    assert ana.modal["state"]["values"]["name"]["typed"]["value"] == "typed"
    stale = client.views_update(view_id=view_id, view=wider, hash=old)
    assert await refused(stale) == "hash_conflict"
    again = client.views_open(trigger_id=await trigger(slack, ear, "bo"), view=form(external_id="mine"))
    assert await refused(again) == "duplicate_external_id"
    await ana.close_modal()
    assert await refused(client.views_update(view_id=view_id, view=wider)) == "not_found"


async def test_closing_is_told_only_when_asked_for(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    ana = slack.person("ana")
    for view, clear, told in (
        (form(), False, []),
        (form(notify_on_close=True), False, [False]),
        (form(notify_on_close=True), True, [True]),
    ):
        await opened(slack, ear, client, view)
        await ana.close_modal(clear=clear)
        closed = [payload for payload in ear.payloads if payload.get("type") == "view_closed"]
        assert [payload["is_cleared"] for payload in closed][-1:] == told
        assert all("trigger_id" not in payload for payload in closed)


async def test_inputs_keep_quiet_unless_told_to_speak(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    options = [{"text": plain("A"), "value": "a"}, {"text": plain("B"), "value": "b"}]
    menu = {"type": "static_select", "action_id": "m", "options": options}
    view = form(field("quiet", menu), field("loud", {**menu, "action_id": "n"}, dispatch_action=True))
    await opened(slack, ear, client, view)
    ana = slack.person("ana")

    assert (await ana.press("m", value="a")).error
    assert not await ana.press("n", value="b")
    assert ear.payloads[-1]["actions"][0]["selected_option"]["value"] == "b"
    assert ear.payloads[-1]["view"]["state"]["values"]["loud"]["n"]["selected_option"]["value"] == "b"


async def test_suggestions(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    element = {"type": "external_select", "action_id": "svc", "min_query_length": 2}
    await opened(slack, ear, client, form(field("service", element)))
    ana = slack.person("ana")
    option = {"text": plain("Payments"), "value": "pay"}

    assert (await ana.suggestions("svc", "p"))["options"] == []
    ear.answers = [{"options": [option]}]
    assert (await ana.suggestions("svc", "pa"))["options"] == [option]
    assert (ear.payloads[-1]["type"], ear.payloads[-1]["value"]) == ("block_suggestion", "pa")
    ear.answers = [{"options": [option] * 101}]
    assert (await ana.suggestions("svc", "pa"))["options"] == []
    await ana.fill({"service": option})
    assert await ana.submit() == {}


async def test_a_chosen_channel_may_be_answered(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    element = {"type": "conversations_select", "action_id": "c", "response_url_enabled": True}
    await opened(slack, ear, client, form(field("where", element)))
    ana = slack.person("ana")
    await ana.fill({"where": "random"})
    await ana.submit()

    (url,) = ear.payloads[-1]["response_urls"]
    assert (url["channel_id"], url["block_id"]) == ("C0RANDOM02", "where")


async def test_an_app_without_a_home_tab_publishes_none(
    clock: FakeClock, manifest: dict[str, Any], session: Any
) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    slack = Slack(manifest, clock)
    await slack.start()
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
    home = {"type": "home", "blocks": [{"type": "section", "text": plain("Welcome")}]}

    assert await refused(client.views_publish(user_id="U0ANA00001", view=deepcopy(home))) == "not_enabled"
    await slack.stop()


async def test_a_home_tab_is_published_for_one(
    clock: FakeClock, manifest: dict[str, Any], session: Any
) -> None:
    slack = Slack(manifest, clock)
    await slack.start()
    ear = Ear(slack, session)
    await ear.connect()
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
    ana = slack.person("ana")

    assert await ana.open_home() is None
    home = {"type": "home", "blocks": [{"type": "section", "text": plain("Welcome")}]}
    await client.views_publish(user_id=ana.id, view=home)
    shown = await ana.open_home()
    await slack.idle()

    assert shown is not None
    assert shown["blocks"][0]["text"]["text"] == "Welcome"
    assert await slack.person("bo").open_home() is None
    assert [event["tab"] for event in ear.events][:2] == ["home", "home"]
    assert [("view" in event) for event in ear.events][:2] == [False, True]
    await ear.close()
    await slack.stop()
