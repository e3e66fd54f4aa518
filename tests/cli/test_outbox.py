"""`muster outbox` and `muster webhook`: what was given up is seen and sent again, beside a bot that runs."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.config.webhooks import key_of
from bot.domain.paging.notifications import NotificationState
from bot.domain.webhooks import Standing, failed, fingerprint
from bot.operations.paging.acknowledge import acknowledge
from storage import dead_letters, notifications, outbox, pages, webhooks
from storage.engines import open_database
from storage.transaction import Route, Tx
from tests.conftest import Office
from tests.engines import ENGINES
from tests.fakes import FakeClock, process
from tests.happenings import Told
from tests.operations.given import given_incident
from tests.scenarios.webhooks.receiver import KEYS

URL = "https://127.0.0.1:9/hook"


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("S", KEYS[0])
    Path("muster.yml").write_text(f"webhooks:\n  ops: {{url: '{URL}', secret: '${{S}}', events: [page.*]}}\n")
    return "muster.db" if request.param == "sqlite" else str(request.getfixturevalue("postgres").emptied())


@pytest.fixture
def office(place: str) -> Iterator[Office]:
    """A bot that runs: it holds the lock of a file."""
    with closing(open_database(place, own_time=False)) as database:
        yield Office(database, process(), FakeClock())


def muster(place: str, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--database", place])


def given_up(office: Office, job: str, *, urgent: bool = False, **subject: object) -> int:
    """Have a delivery that was tried once and given up."""
    route = Route(job, "lane", lambda *_: (subject,), urgent=urgent)
    office.uow.deliver_to({Told: (route,)}, lambda: None)
    office.perform(lambda tx: tx.record(Told()))
    (one,) = office.perform(outbox.lease, urgent=urgent, limit=1)
    office.perform(outbox.dead, one, "answered 400")
    return one.id


def waiting(office: Office) -> list[int]:
    """Return what goes out again, by the clock of this machine: it may have arrived before."""
    rows = office.read(lambda tx: tx.all("SELECT id FROM outbox WHERE state = 'ambiguous' ORDER BY id"))
    return [row["id"] for row in rows]


def test_what_was_given_up_is_listed_shown_and_sent_again(office: Office, place: str) -> None:
    assert muster(place, "outbox", "list").stdout == "Nothing was given up.\n"
    incident = given_incident(office, "S3", name="Stolen key", private=True)
    said = {"type": "incident.declared", "data": {"text": "Stolen"}}
    first = given_up(office, "webhook.ops", incident=incident.id, said=said)
    second = given_up(office, "slack.post", incident=incident.id, words="Stolen")

    listed = muster(place, "outbox", "list")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [str(second), str(first)]
    assert "webhook.ops  INC-1 (private)  1 attempts: answered 400" in listed.stdout
    shown = muster(place, "outbox", "show", str(first)).stdout
    assert "INC-1 (private), incident.declared" in shown
    assert f"muster outbox resend {first}" in shown
    assert "Stolen" not in listed.stdout + shown + muster(place, "outbox", "show", str(second)).stdout
    assert muster(place, "outbox", "list", "--job", "slack").stdout.split()[0] == str(second)

    again = muster(place, "outbox", "resend", "--job", "webhook")
    assert (again.exit_code, again.stdout) == (0, f"Delivery {first} (webhook.ops) goes out again.\n")
    assert waiting(office) == [first]
    assert (
        muster(place, "outbox", "drop", str(second)).stdout == f"Delivery {second} (slack.post) is dropped.\n"
    )
    assert muster(place, "outbox", "list").stdout == "Nothing was given up.\n"


def test_what_is_not_there_is_said(office: Office, place: str) -> None:
    for words in (("show", "7"), ("resend", "7"), ("drop", "7")):
        refused = muster(place, "outbox", *words)
        assert refused.exit_code in {1, 2}
        assert "No delivery 7 was given up. `muster outbox list` names those that were" in refused.stderr
    assert "Name deliveries by their numbers" in muster(place, "outbox", "resend").stderr
    assert muster(place, "outbox", "resend", "--job", "gitlab").stdout == "Nothing was given up there.\n"


def test_a_page_that_is_over_is_not_sent_again(office: Office, place: str) -> None:
    incident = given_incident(office, "S3")
    (page,) = office.read(pages.pending_of, incident.id)
    assert page.notification
    call = {"notification": page.notification.id, "page": page.id, "incident": incident.id}
    number = given_up(office, "slack.send_page", urgent=True, **call)

    assert muster(place, "outbox", "resend", str(number)).exit_code == 0  # it waits still
    assert waiting(office) == [number]
    again = "UPDATE outbox SET state = 'dead', finished_at = created_at WHERE id = :id"
    office.perform(lambda tx: tx.execute(again, {"id": number}))
    office.perform(acknowledge, page.id, by="UEOC")

    refused = muster(place, "outbox", "resend", str(number))
    assert refused.exit_code == 1
    assert f"for page {page.id}, which is over (acknowledged by UEOC)" in refused.stderr
    assert office.read(dead_letters.get, number)


def test_a_call_by_a_contact_method_that_still_waits_leaves_again(office: Office, place: str) -> None:
    incident = given_incident(office, "S3")
    (page,) = office.read(pages.pending_of, incident.id)
    assert page.notification
    given = page.notification.id

    def break_it(tx: Tx) -> None:
        tx.execute(
            "UPDATE notifications SET state = 'dead', contact_method = 'sms' WHERE id = :id", {"id": given}
        )

    office.perform(break_it)
    call = {"notification": given, "page": page.id, "incident": incident.id}
    number = given_up(office, "contact_method.send_page", urgent=True, **call)

    assert muster(place, "outbox", "resend", str(number)).exit_code == 0

    assert office.read(notifications.get, given).state is NotificationState.DUE


def test_webhooks_are_listed_and_enabled(office: Office, place: str) -> None:
    assert muster(place, "webhook", "list").stdout == "ops: 127.0.0.1; page.*; works\n"
    refused = muster(place, "webhook", "enable", "ops")
    assert (refused.exit_code, refused.stderr) == (2, "muster: The webhook ops is not disabled.\n")
    gone = failed(Standing("ops", fingerprint(URL)), office.clock.now(), "it answered 410", gone=True)
    office.perform(webhooks.put, gone)
    assert "disabled since 2026-03-02" in muster(place, "webhook", "list").stdout

    assert "ops is enabled" in muster(place, "webhook", "enable", "ops").stdout

    assert office.read(webhooks.disabled) == 0
    assert "'other' is no webhook. Webhooks: ops." in muster(place, "webhook", "enable", "other").stderr


def test_a_webhook_is_tried_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    secret = run.invoke(main, ["webhook", "secret"]).stdout.strip()
    assert key_of(secret)
    Path("muster.yml").write_text(f"webhooks:\n  ops: {{url: '{URL}', secret: '${{S}}'}}\n")
    tried = run.invoke(main, ["webhook", "test", "ops"], env={"S": secret})
    assert tried.exit_code == 1
    assert "ops at 127.0.0.1 did not take it: 127.0.0.1 must not be called: it is inside" in tried.stderr
    unset = run.invoke(main, ["webhook", "test", "ops"], env={"S": ""})
    assert "S in the environment" in unset.stderr
    assert "'ops' is no webhook" in unset.stderr
