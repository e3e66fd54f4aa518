"""The operator's page: for those under `admins` alone, with what could not be sent and how Muster is."""

import hashlib
import re
from pathlib import Path

import pytest

from bot.config import Config, load
from storage import alert_sources
from storage.transaction import Tx
from tests.scenarios.browser.conftest import Answer, Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.conftest import CONFIG
from tests.scenarios.look import CHANNEL, inc
from tests.scenarios.test_api_outbox import update_lost

OPERATOR = "/operator"
KEY = f"sha256:{hashlib.sha256(b'a-key-of-prometheus').hexdigest()}"
QUIET = "{format: zabbix, key: 'sha256:" + "1" * 64 + "'}"
SECRETS = {"MAIL_AT": "mailto://muster:" + "never-shown@mail.example.com"}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "muster.yml"
    more = (
        "admins: [lena@example.com]",
        f"alerts: {{sources: {{prometheus: {{format: alertmanager, key: '{KEY}'}}, quiet: {QUIET}}}}}",
        "contact_methods: {mail: '${MAIL_AT}?to={address}'}",
        "silence: {after: 4m}",
    )
    unstaffed = CONFIG.read_text("utf-8").replace("teams:", "teams:\n  Database: {path: [{page: Database}]}")
    file.write_text("\n".join([unstaffed, *more]), "utf-8")
    return load(file, SECRETS)


def letters(page: Answer) -> list[str]:
    return list(dict.fromkeys(re.findall(rf"{OPERATOR}/letters/\d+", page.text)))


async def test_what_could_not_be_sent_is_sent_again_or_dropped(reader: Reader):
    world = reader.world
    await world.declare("dev", severity="S3")
    await update_lost(world, "The first")
    await update_lost(world, "The second")
    sit_down(reader, "lena")
    page = await reader.get(OPERATOR)
    words = seen(page)
    assert "Not sent 2" in words
    assert words.count("slack.post_update · INC-1 · given up") == 2
    second, first = letters(page)

    assert (await reader.send(OPERATOR, first, do="again")).to == f"{OPERATOR}?done=again"
    await world.settle_down()
    assert (await reader.send(OPERATOR, second, do="drop")).to == f"{OPERATOR}?done=drop"

    shown = [one["text"] for one in world.person("dev").messages(CHANNEL)]
    assert sum("The first" in one for one in shown) == 1
    assert not any("The second" in one for one in shown)
    assert "Everything was sent." in seen(await reader.get(f"{OPERATOR}?done=drop"))
    gone = await reader.send(OPERATOR, first, do="again")
    assert gone.status == 409
    assert "was given up" in gone.text
    assert f'href="{OPERATOR}"' in gone.text.partition("<main")[2]
    assert "somebody else" in gone.text
    assert (await reader.send(OPERATOR, first, do="nonsense")).status == 409


async def test_a_private_incident_is_not_named_to_an_admin_who_is_not_in_it(reader: Reader):
    world = reader.world
    await world.declare("dev", severity="S3", visibility="private", name="Stolen laptop")
    rooms = [one for one in world.slack.workspace.channels.values() if (one.name or "").startswith("inc-1")]
    await update_lost(world, "Who took it", rooms[0].id)
    sit_down(reader, "lena")

    page = await reader.get(OPERATOR)

    assert "of a private incident" in page.text
    for secret in ("Stolen", "Who took it", "INC-1"):
        assert secret not in page.text


def _sent(tx: Tx) -> None:
    alert_sources.took(tx, {"prometheus": 3})
    alert_sources.refused(tx, "prometheus", "<b>no JSON</b>")
    alert_sources.refused(tx, "", "wrong key")


async def test_it_says_how_muster_is_and_never_a_secret(reader: Reader):
    world = reader.world
    await world.muster.uow.perform(_sent)
    world.clock.advance(seconds=6)  # nobody looked at a deadline meanwhile
    sit_down(reader, "lena")

    page = await reader.get(OPERATOR)

    words = seen(page)
    assert re.search(r"scheduler no deadline was looked at for \d+ s", words)
    assert "database well" in words
    assert "1 request with a key that nobody has" in words
    assert "prometheus 3" in words
    assert "quiet 0 never 0 0" in words
    assert "<b>no JSON" not in page.text
    assert re.search(r"version 0\.\d+\.\d+ schema \d+", words)
    assert re.search(r"python 3\.\d+\.\d+ libraries SQLite 3\.\d+\.\d+, slack-bolt 1\.\d+", words)
    assert "Does not count: silence.after is set aside; all else counts." in words
    assert "found `4m`" in words
    assert words.count("silence.after is set aside") == 1
    assert "Look at this: teams.Database: a page for this team reaches nobody" in words
    assert "Teams dotcom EOC" in words
    assert len(page.text.encode()) < 60_000
    for secret in (
        *SECRETS.values(),
        KEY,
        "never-shown",
        world.slack.bot_token,
        world.slack.sign_in.client_secret,
    ):
        assert secret not in page.text


async def test_nobody_else_finds_it(reader: Reader):
    world = reader.world
    await world.declare("dev", severity="S3")
    await update_lost(world, "The first")
    sit_down(reader, "lena")
    page = await reader.get(OPERATOR)
    assert f'href="{OPERATOR}"' in page.text
    for who in ("dev", "gus"):
        sit_down(reader, who)
        assert f'href="{OPERATOR}"' not in (await reader.get("/")).text
        for answer in (await reader.get(OPERATOR), await reader.send("/", letters(page)[0], do="drop")):
            assert answer.status == 404
            assert "post_update" not in answer.text
    sit_down(reader, "lena")
    assert "Not sent 1" in seen(await reader.get(OPERATOR))
    await inc(world, "dev", "update Another one", CHANNEL)
