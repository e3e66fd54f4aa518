"""A page leaves as a mail."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import load
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.mail import Mail, mail_server
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.phones.conftest import waiting

MAILED = """
contact_methods: {email: smtp, push: "json://127.0.0.1:1/{address}"}
people:
  ana@example.com: {email: ana@example.org}
"""


@pytest.fixture
async def mail() -> AsyncIterator[Mail]:
    async with mail_server() as found:
        yield found


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path, mail: Mail) -> AsyncIterator[World]:
    world = mailing(slack, clock, tmp_path, f"smtp://127.0.0.1:{mail.port}")
    await world.start()
    yield world
    await world.stop()


def mailing(slack: Slack, clock: FakeClock, folder: Path, url: str) -> World:
    """Return the bot with one mail server, not yet started."""
    config = folder / "muster.yml"
    config.write_text(CONFIG.read_text() + MAILED)
    environ = {"SMTP_URL": url, "SMTP_FROM": "Muster <muster@example.org>"}
    world = World(slack, clock, folder / "muster.db", load(config, environ))
    world.public_url = "http://127.0.0.1:{port}"
    return world


async def test_a_loud_page_is_mailed_at_once_with_its_link(world: World, mail: Mail):
    await world.declare(severity="S2", name="Größe\r\nBcc: evil@example.org")
    await world.pass_minutes(0.1)

    [one] = mail.arrived
    assert (one["To"], one["From"]) == ("ana@example.org", "Muster <muster@example.org>")
    assert one["Subject"] == "Muster: S2 INC-1 - Größe Bcc: evil@example[.]org"
    assert (one["Importance"], one["Bcc"]) == ("high", None)
    link = next(word for word in one.get_content().split() if "/p/" in word)
    assert link.startswith(f"http://127.0.0.1:{world.muster.web.port}/p/")


async def test_a_private_incident_has_no_name_in_a_mail(world: World, mail: Mail):
    await world.declare(severity="S3", visibility="private")
    await world.pass_minutes(0.1)

    [one] = mail.arrived
    assert "private incident INC-1" in one["Subject"]
    assert "Disk" not in one.as_string()
    assert one["Importance"] is None


@pytest.mark.faults
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_mail_that_is_refused_for_good_is_given_up_and_the_timeline_says_so(
    world: World, mail: Mail, command: str
):
    mail.answers[command] = "550 nobody of that name at ana@example.org"
    await world.declare(severity="S2")
    await world.pass_minutes(3)

    told = "\n".join(world.texts("dev", "inc-1-disk-full"))
    assert "could not leave by email.* it answered 550. See" in told
    assert mail.heard.count(command) == 1
    assert await waiting(world)


@pytest.mark.faults
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_mail_that_is_put_off_is_tried_again(world: World, mail: Mail, command: str):
    mail.answers[command] = "451 not now"
    await world.declare(severity="S2")
    await world.pass_minutes(1)
    tried = mail.heard.count(command)
    mail.answers.clear()
    mail.arrived.clear()

    await world.pass_minutes(1)

    assert tried > 1
    assert len(mail.arrived) == 1


@pytest.mark.faults
async def test_a_mail_of_unknown_fate_is_sent_again_and_says_so(world: World, mail: Mail):
    mail.lost = True
    await world.declare(severity="S2")
    await world.pass_minutes(0.1)
    mail.lost = False

    await world.pass_minutes(1)

    assert mail.arrived[-1]["Subject"].startswith("Muster (perhaps again): S2 INC-1 - Disk")


@pytest.mark.faults
async def test_a_password_never_leaves_unencrypted(
    slack: Slack, clock: FakeClock, tmp_path: Path, mail: Mail
):
    world = mailing(slack, clock, tmp_path, f"smtp://me:secret@127.0.0.1:{mail.port}")
    await world.start()

    await world.declare(severity="S2")
    await world.pass_minutes(1)
    await world.stop()

    assert mail.arrived == []
    assert not {"AUTH", "MAIL"} & set(mail.heard)


@pytest.mark.faults
async def test_while_no_mail_server_is_there_pages_go_on(slack: Slack, clock: FakeClock, tmp_path: Path):
    world = mailing(slack, clock, tmp_path, "smtp://127.0.0.1:1")
    await world.start()

    await world.declare(severity="S2")
    await world.pass_minutes(16)

    assert await waiting(world, "ines")
    await world.stop()
