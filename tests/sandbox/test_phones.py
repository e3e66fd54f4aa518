"""Phones: whose a text is, what is kept of it, and how phones fail."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from apprise import Apprise

from sandbox import phones
from sandbox.keeping import as_text, read_kept, restore, write
from sandbox.slack import Slack
from tests.sandbox.conftest import FakeClock, key, until
from tests.sandbox.test_page_api import did, got, next_change

ANA, ANAS_NUMBER = "U0ANA00001", "+351 21 555 0101"
LINK = "http://127.0.0.1:8056/ack/abc.def"


async def texted(slack: Slack, session: aiohttp.ClientSession, address: str, **posted: Any) -> int:
    body = {"version": "1.0", "title": "", "message": "hello", "attachments": [], "type": "info", **posted}
    async with session.post(f"{slack.url}/phones/{address}", json=body) as response:
        return response.status


def sent_by_apprise(slack: Slack, address: str, title: str, body: str) -> bool:
    notifier = Apprise()
    assert notifier.add(f"{slack.url.replace('http', 'json', 1)}/phones/{address}")
    return bool(notifier.notify(title=title, body=body))


@pytest.mark.parametrize("address", ["%2B351215550101", "%2B351%2021%20555%200101", "ana@example.com"])
async def test_what_apprise_sends_arrives(slack: Slack, clock: FakeClock, address: str) -> None:
    body = f"You are paged.\nAcknowledge: {LINK}."

    assert await asyncio.to_thread(sent_by_apprise, slack, address, "INC-1 Disk full", body)

    (text,) = slack.person("ana").phone()
    assert (text.title, text.text, text.links) == ("INC-1 Disk full", body, [LINK])
    assert text.at == clock.now().isoformat()


@pytest.mark.parametrize(
    "address",
    ["+351215550101", "00351 21 555-0101", "351.21.555.0101", "ana", "U0ANA00001", "Ana@Example.com"],
)
async def test_a_phone_is_found_however_it_is_dialled(
    slack: Slack, session: aiohttp.ClientSession, address: str
) -> None:
    assert await texted(slack, session, address) == 200

    assert [text.text for text in slack.person("ana").phone()] == ["hello"]
    assert slack.person("bo").phone() == []


async def test_everybody_has_a_number_of_their_own(slack: Slack) -> None:
    numbers = {user.phone for user in slack.workspace.users.values() if not user.bot and not user.deleted}

    assert len(numbers) == 16
    assert all(" 555 01" in number for number in numbers)


@pytest.mark.parametrize("address", ["+1 555 0199", "old", "old@example.com", "muster"])
async def test_what_goes_to_nobody_is_kept_under_its_address(
    slack: Slack, session: aiohttp.ClientSession, address: str
) -> None:
    await texted(slack, session, address)
    await texted(slack, session, address, message="again")

    assert [text.text for text in slack.phones.at(address)] == ["hello", "again"]
    shown = await got(session, slack, f"phone?user={ANA}")
    assert shown["texts"] == []
    (stranger,) = shown["strangers"]
    assert (stranger["number"], [text["text"] for text in stranger["texts"]]) == (address, ["hello", "again"])


async def test_texts_are_new_until_they_are_looked_at(slack: Slack, session: aiohttp.ClientSession) -> None:
    await texted(slack, session, "ana", title="one")
    await texted(slack, session, "ana", title="two")

    shown = await got(session, slack, f"phone?user={ANA}")
    before = await got(session, slack, f"sidebar?user={ANA}")
    assert await did(session, slack, "read_phone") == {"ok": True}
    after = await got(session, slack, f"sidebar?user={ANA}")

    assert (shown["number"], shown["unread"], shown["off"]) == (ANAS_NUMBER, 2, False)
    assert [text["title"] for text in shown["texts"]] == ["one", "two"]
    assert (before["phone"], after["phone"]) == (2, 0)


async def test_everybody_hears_whose_phone_buzzes_while_slack_is_away(
    slack: Slack, session: aiohttp.ClientSession
) -> None:
    await slack.switchboard.down(True)
    async with session.get(f"{slack.url}/ui/stream?user=U0BO000002", headers=key(slack)) as stream:
        assert await stream.content.readline() == b": hello\n"
        await texted(slack, session, "ana")
        heard = await next_change(stream)

    (text,) = slack.person("ana").phone()
    assert heard == {"type": "phone", "id": f"{ANA}/{text.id}"}


# What is kept of it


async def test_texts_come_back_with_the_next_run(
    slack: Slack, session: aiohttp.ClientSession, manifest: dict[str, Any], tmp_path: Path
) -> None:
    await texted(slack, session, "ana", attachments=[{"filename": "graph.png", "base64": "AA=="}])
    await texted(slack, session, "+1 555 0199")
    write(tmp_path / "kept.json", as_text(slack.workspace))
    again = Slack(manifest, FakeClock())

    restore(again.workspace, read_kept(tmp_path / "kept.json") or {})

    assert again.workspace.phones == slack.workspace.phones
    assert again.person("ana").phone()[0].files == ["graph.png"]


async def test_what_was_kept_before_there_were_phones_is_read(
    slack: Slack, manifest: dict[str, Any], tmp_path: Path
) -> None:
    kept = json.loads(as_text(slack.workspace))
    del kept["phones"]
    write(tmp_path / "kept.json", json.dumps(kept))

    restore(Slack(manifest, FakeClock()).workspace, read_kept(tmp_path / "kept.json") or {})


async def test_a_phone_holds_so_much_and_forgets_the_oldest(
    slack: Slack, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phones, "MOST_TEXTS", 3)
    monkeypatch.setattr(phones, "MOST_STRANGERS", 2)

    for n in range(5):
        await texted(slack, session, "ana", message=f"{n}" + "x" * 5_000)
        await texted(slack, session, f"+1 555 020{n}")

    kept = slack.person("ana").phone()
    assert [(text.text[0], len(text.text)) for text in kept] == [("2", 2_000), ("3", 2_000), ("4", 2_000)]
    assert [key for key in slack.workspace.phones if key != ANA] == ["15550203", "15550204"]
    assert (await got(session, slack, f"sidebar?user={ANA}"))["phone"] == 3


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ('{"title": "", "message": "  "}', "application/json", 400),
        ('{"message": 7}', "application/json", 400),
        ('{"message": "x", "attachments": 7}', "application/json", 200),
        (json.dumps({"message": "x" * phones.BIGGEST_POST}), "application/json", 413),
        ('{"message": "from another website"}', "text/plain", 415),
    ],
    ids=["broken", "list", "empty", "number", "odd files", "too large", "plain"],
)
async def test_what_is_no_text_is_refused(
    slack: Slack, session: aiohttp.ClientSession, body: str, kind: str, status: int
) -> None:
    async with session.post(f"{slack.url}/phones/ana", data=body, headers={"Content-Type": kind}) as response:
        assert response.status == status

    assert len(slack.person("ana").phone()) == (status == 200)


# How phones fail


async def test_phones_are_switched_off(slack: Slack, session: aiohttp.ClientSession) -> None:
    slack.phones.down = True
    refused = await texted(slack, session, "ana")
    sent = await asyncio.to_thread(sent_by_apprise, slack, "ana", "", "hello")
    await slack.switchboard.turn({"clear": True})

    assert (refused, sent, slack.person("ana").phone()) == (503, False, [])
    assert await texted(slack, session, "ana") == 200


async def test_a_text_arrives_and_its_reply_is_lost(slack: Slack, session: aiohttp.ClientSession) -> None:
    slack.phones.lose_replies = True

    with pytest.raises(aiohttp.ClientError):
        await texted(slack, session, "ana")

    assert len(slack.person("ana").phone()) == 1


async def test_a_text_takes_its_time(slack: Slack, session: aiohttp.ClientSession) -> None:
    slack.phones.delay = 0.05
    sending = asyncio.create_task(texted(slack, session, "ana"))
    await until(lambda: slack.phones.in_flight)
    before = len(slack.person("ana").phone())

    assert await sending == 200
    assert (before, len(slack.person("ana").phone())) == (0, 1)


async def test_the_switches_are_the_same(slack: Slack, session: aiohttp.ClientSession) -> None:
    wanted = {"down": True, "delay": 300, "lose_replies": True}

    async with session.post(
        f"{slack.url}/ui/faults", json={"phones": wanted}, headers=key(slack)
    ) as response:
        shown = await response.json()

    assert shown["phones"] == wanted
    assert (slack.phones.down, slack.phones.delay, slack.phones.lose_replies) == (True, 0.3, True)


async def test_texts_are_in_the_record_and_no_calls(slack: Slack, session: aiohttp.ClientSession) -> None:
    await texted(slack, session, "ana", message="broken")
    slack.phones.down = True
    await texted(slack, session, "+1 555 0199")

    entries = (await got(session, slack, "record?kind=text"))["entries"]

    assert [(one["method"], one["status"], one["ok"]) for one in entries] == [
        ("ana", 200, True),
        ("+1 555 0199", 503, False),
    ]
    assert entries[0]["args"]["text"] == "broken"
    assert slack.calls() == []
