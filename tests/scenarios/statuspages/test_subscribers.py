"""Customers are mailed what is published: those who confirmed, each once, until they end it."""

import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.config import load
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.mail import Mail, mail_server
from tests.scenarios.browser.conftest import signed_in
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import acknowledged, inc

SECTION = """
statuspage:
  name: Example status
  url: https://status.example.com
  listen: 127.0.0.1:0
  email: true
  components:
    API: {services: [web]}
"""


@pytest.fixture
async def mail() -> AsyncIterator[Mail]:
    async with mail_server() as mail:
        yield mail


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path, mail: Mail) -> AsyncIterator[World]:
    path = tmp_path / "muster.yml"
    path.write_text(CONFIG.read_text() + SECTION)
    environ = {"SMTP_URL": f"smtp://127.0.0.1:{mail.port}", "SMTP_FROM": "Status <status@example.com>"}
    world = World(slack, clock, tmp_path / "muster.db", load(path, environ))
    await world.start()
    yield world
    await world.stop()


async def asked(world: World, method: str, path: str, **form: str) -> tuple[int, str]:
    assert world.muster.public_page
    url = f"http://127.0.0.1:{world.muster.public_page.port}{path}"
    async with aiohttp.ClientSession() as session, session.request(method, url, data=form) as answer:
        text = await answer.text()
        assert "Set-Cookie" not in answer.headers
        await world.settle()
        return answer.status, text


def link(mail: EmailMessage, kind: str) -> str:
    found = re.search(rf"https://status\.example\.com(/{kind}/[\w-]+)", text_of(mail))
    assert found
    return found[1]


def text_of(mail: EmailMessage) -> str:
    text: str = mail.get_content()
    return text


async def subscribe(world: World, mail: Mail, address: str) -> None:
    """Have somebody subscribe and press the link that they were mailed."""
    assert (await asked(world, "POST", "/subscribe", address=address))[0] == 200
    (sent,) = [one for one in mail.arrived if one["To"] == address]
    mail.arrived.remove(sent)
    assert (await asked(world, "POST", link(sent, "confirm")))[0] == 200


async def publish(world: World, text: str) -> None:
    await inc(world, "ana", f"public publish on API: {text}")
    for _ in range(3):
        await world.settle()


async def given_incident(world: World) -> None:
    await world.declare()
    await acknowledged(world)
    await inc(world, "ana", "public degraded")
    await inc(world, "ana", "public confirm")


async def test_who_confirmed_is_mailed_each_text_once_and_ends_it_by_one_click(world: World, mail: Mail):
    page = (await asked(world, "GET", "/"))[1]
    assert 'href="https://status.example.com/subscribe"' in page
    assert 'name="address"' in (await asked(world, "GET", "/subscribe"))[1]
    people = [f"reader{n}@example.com" for n in range(6)]
    for one in people:
        await subscribe(world, mail, one)
    await asked(world, "POST", "/subscribe", address="never@example.com")
    (question,) = mail.arrived
    assert "do nothing" in text_of(question)
    assert "List-Unsubscribe" not in question
    await asked(world, "GET", link(question, "confirm"))  # a mail server looks at the link
    mail.arrived.clear()
    await given_incident(world)

    await publish(world, "Requests are slow <b>&</b> häßlich")

    assert sorted(one["To"] for one in mail.arrived) == people
    first = mail.arrived[0]
    assert first["Subject"] == "[Example status] Investigating: Degraded Performance: API"
    assert "Requests are slow <b>&</b> häßlich" in text_of(first)
    assert "https://status.example.com/history/2026-03.html#n1" in text_of(first)
    assert "INC-1" not in first.as_string()
    assert "Disk full" not in first.as_string()
    assert first["List-Unsubscribe"] == f"<https://status.example.com{link(first, 'unsubscribe')}>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len({one["Message-ID"] for one in mail.arrived}) == 6

    leave = urlsplit(first["List-Unsubscribe"].strip("<>")).path
    assert "Send me no more mails" in (await asked(world, "GET", leave))[1]
    status, _ = await asked(world, "POST", leave, **{"List-Unsubscribe": "One-Click"})
    assert status == 200
    gone = first["To"]
    mail.arrived.clear()
    await publish(world, "It is better")
    assert sorted(one["To"] for one in mail.arrived) == [one for one in people if one != gone]
    assert (await asked(world, "POST", leave))[0] == 200  # a second press says the same


async def test_nobody_learns_who_subscribed_and_no_mailbox_is_flooded(world: World, mail: Mail):
    await subscribe(world, mail, "reader@example.com")

    known = await asked(world, "POST", "/subscribe", address="Reader@Example.com")
    unknown = await asked(world, "POST", "/subscribe", address="other@example.com")
    again = await asked(world, "POST", "/subscribe", address="other@example.com")

    assert known == unknown == again
    assert [one["To"] for one in mail.arrived] == ["other@example.com"]
    first = link(mail.arrived[0], "confirm")
    world.clock.advance(minutes=61)
    await asked(world, "POST", "/subscribe", address="other@example.com")
    assert [one["To"] for one in mail.arrived] == ["other@example.com"] * 2
    for odd in ("", "nobody", "a@b\r\nBcc: x@y.example", "<script>@x.example", f"{'a' * 300}@x.example"):
        status, page = await asked(world, "POST", "/subscribe", address=odd)
        assert (status, "e-mail address" in page) == (422, True)
        assert "<script>@" not in page
    assert await posted(world, b"address=\xff") == 400
    assert (await asked(world, "POST", "/confirm/nonsense"))[0] == 404
    world.clock.advance(minutes=60 * 49)
    assert (await asked(world, "POST", first))[0] == 404  # too old
    assert (await asked(world, "POST", "/"))[0] == 405
    for _ in range(70):
        status, _ = await asked_fast(world, "someone@example.com")
    assert status == 429
    assert world.muster.public_page
    assert "reader@" not in (await asked(world, "GET", "/status.json"))[1]


async def posted(world: World, body: bytes) -> int:
    assert world.muster.public_page
    url = f"http://127.0.0.1:{world.muster.public_page.port}/subscribe"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=kind) as answer:
        return answer.status


async def asked_fast(world: World, address: str) -> tuple[int, str]:
    assert world.muster.public_page
    url = f"http://127.0.0.1:{world.muster.public_page.port}/subscribe"
    async with aiohttp.ClientSession() as session, session.post(url, data={"address": address}) as answer:
        return answer.status, await answer.text()


@pytest.mark.faults
async def test_one_mailbox_that_refuses_keeps_no_other_from_its_mail(world: World, mail: Mail):
    for n in range(4):
        await subscribe(world, mail, f"reader{n}@example.com")
    await given_incident(world)
    mail.answers["RCPT"] = "451 come again"

    await publish(world, "Requests are slow")
    assert mail.arrived == []
    mail.answers.clear()
    await world.pass_minutes(6)

    assert sorted(one["To"] for one in mail.arrived) == [f"reader{n}@example.com" for n in range(4)]
    mail.arrived.clear()
    mail.answers["RCPT"] = "550 nobody here"
    for n in range(3):
        await publish(world, f"Text {n}")
        await world.pass_minutes(6)
    mail.answers.clear()
    await publish(world, "Anybody there?")
    assert mail.arrived == []


@pytest.mark.faults
async def test_a_mail_server_that_is_away_delays_the_mails_and_loses_none(world: World, mail: Mail):
    for n in range(4):
        await subscribe(world, mail, f"reader{n}@example.com")
    await given_incident(world)
    mail.answers["MAIL"] = "421 away"
    await publish(world, "Requests are slow")
    assert mail.arrived == []

    mail.answers.clear()
    await world.pass_minutes(10)
    assert sorted(one["To"] for one in mail.arrived) == [f"reader{n}@example.com" for n in range(4)]

    mail.arrived.clear()
    mail.lost = True  # it took the mail, and its answer is lost
    await publish(world, "It is better")
    mail.lost = False
    await world.pass_minutes(10)
    for n in range(4):
        ids = {one["Message-ID"] for one in mail.arrived if one["To"] == f"reader{n}@example.com"}
        assert len(ids) == 1, "a mail that is sent twice is known by its id"


async def test_nothing_is_mailed_of_what_turned_private(world: World, mail: Mail):
    await subscribe(world, mail, "reader@example.com")
    await given_incident(world)
    mail.answers["MAIL"] = "421 away"
    await publish(world, "Requests are slow")
    await inc(world, "ana", "private yes A laptop was stolen")
    mail.answers.clear()
    await world.pass_minutes(10)

    assert mail.arrived == []


async def test_who_publishes_reads_before_that_it_is_mailed_and_to_how_many(world: World, mail: Mail):
    await given_incident(world)
    for n in range(2):
        await subscribe(world, mail, f"reader{n}@example.com")
    world.public_url = "http://127.0.0.1:{port}"
    await world.stop()
    await world.start()

    async with aiohttp.ClientSession(cookies=signed_in(world, "ana")) as http:
        base = world.muster.links.base
        overview = await (await http.get(f"{base}/status-page")).text()
        page = await (await http.get(f"{base}/incidents/INC-1/public")).text()

    assert "2 subscribers by e-mail" in overview
    assert "Those who subscribed there are mailed it." in page
    assert "reader0" not in overview + page
    form = (await inc(world, "ana", "public publish")).modal
    assert "Those who subscribed there are mailed it." in str(form)
