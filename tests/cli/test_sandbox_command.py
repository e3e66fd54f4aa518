"""`muster sandbox` and `python -m sandbox`, run as people run them."""

import http.client
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web import WebClient

from bot.cli.sandbox import _free, _sandbox_text
from tests.cli.test_commands import ended, muster, process, refused, taken_port
from tests.patience import PATIENCE
from tests.story import GOOD, STEPS, plain

OTHER_APP = """
display_information: {name: Ping}
oauth_config: {scopes: {bot: [chat:write, chat:write.public]}}
settings: {socket_mode_enabled: true}
"""
AT = r"sandbox is at (http://127\.0\.0\.1:\d+)[,\n]"
PAGE_KEY = "chosen-for-the-tests"
GENERAL = "C0GENERAL1"
NAMES = ("API_URL", "BOT_TOKEN", "SIGNING_SECRET")


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANDBOX_PAGE_KEY", PAGE_KEY)
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


def told(running: subprocess.Popen[str], *wanted: str) -> list[str]:
    """Return what each pattern finds in all that the program says, as soon as all of them do."""
    assert running.stdout
    said = ""
    while not all(found := [re.search(pattern, said) for pattern in wanted]):
        ready, _, _ = select.select([running.stdout], [], [], PATIENCE)
        chunk = os.read(running.stdout.fileno(), 65536).decode() if ready else ""
        assert chunk, f"{wanted} was not said, but:\n{said}"
        said += chunk
    return [one[1] for one in found if one]


def asked(url: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    asking = urllib.request.Request(
        url, data, {"Content-Type": "application/json", "X-Sandbox-Key": PAGE_KEY}
    )
    with urllib.request.urlopen(asking, timeout=PATIENCE) as response:
        return json.loads(response.read())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--world", "none.yml"], "none.yml: there is no such file"),
        (["--world", "world.yml"], "world.yml:1: people[0].handle: found 7, expected text"),
        (["--keep", "world.yml"], "world.yml: cannot be read as a kept sandbox"),
        (["--keep", "no/such/place.json"], "cannot be written"),
        (["--no-bot", "--manifest", "none.yml"], "none.yml: there is no such file"),
        (["--no-bot", "--manifest", "world.yml"], "world.yml:1: the app has no name"),
    ],
)
def test_files_that_cannot_be_used_are_named(arguments: list[str], said: str) -> None:
    Path("world.yml").write_text("people: [{handle: 7}]\n")

    lines = refused(muster("sandbox", "--port", "0", "--no-open", *arguments))

    assert said in lines[0]


def test_a_configuration_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    Path("own.yml").write_text(
        'contact_methods: {sms: "json://${MUSTER_SANDBOX}/{address}", push: "ntfy://${TOPIC}/{address}"}'
    )

    lines = refused(muster("sandbox", "--config", "own.yml", "--keep", "--port", "0", "--no-open"))

    assert len(lines) == 1
    assert "${TOPIC} is not in the environment" in lines[0]
    assert [file.name for file in tmp_path.iterdir()] == ["own.yml"]


def test_it_says_where_its_pages_its_status_page_and_its_gitlab_are() -> None:
    said = (r"(?m)^  The status page, as customers see it: (\S+)$", r"The issues in GitLab: (\S+)\n")

    with process("sandbox", "--port", "0", "--no-open") as running:
        status, issues, pages = told(running, *said, r"Its operator's page, for lena@example\.com: (\S+)\n")
        found = {}
        for at in (status, issues, pages):
            with urllib.request.urlopen(at, timeout=PATIENCE) as answer:
                found[at] = answer.read().decode()
        code = ended(running, signal.SIGTERM)

    assert "Tanuki status" in found[status]
    assert "There is none yet: declare an incident." in found[issues]
    assert "Sign in" in found[pages]
    assert code == 0


def test_what_is_kept_has_no_issues_that_are_forgotten() -> None:
    assert "gitlab:" in _sandbox_text(kept=False)
    kept = _sandbox_text(kept=True)
    assert "gitlab:" not in kept
    assert "statuspage:" in kept
    assert kept.endswith("\n")


def test_another_ones_port_is_left_to_it() -> None:
    with taken_port() as port:
        assert _free(port) not in {port, 0}


def test_a_port_in_use_is_named_without_the_bot_too() -> None:
    with taken_port() as port:
        [line] = refused(muster("sandbox", "--no-bot", "--port", str(port)))

    assert f"port {port} on 127.0.0.1 is in use" in line


@pytest.mark.parametrize("option", ["--manifest", "--request-url"])
def test_another_app_needs_no_bot(option: str) -> None:
    result = muster("sandbox", option, "x")

    assert result.exit_code == 2
    assert f"{option} is for another app: give --no-bot with it" in result.output


def test_another_app_is_served(tmp_path: Path) -> None:
    Path("other.yml").write_text(OTHER_APP)

    with process("sandbox", "--no-bot", "--manifest", "other.yml", "--port", "0", "--no-open") as running:
        url, *tokens = told(running, AT, *(rf"SLACK_{name}=(\S+)\n" for name in NAMES))
        base, token, secret = tokens
        answer = WebClient(token, base_url=base).chat_postMessage(channel="#general", text="hello")
        world = asked(f"{url}/ui/world")
        code = ended(running, signal.SIGTERM)

    assert (answer["ok"], answer["message"]["bot_profile"]["name"]) == (True, "Ping")
    assert (world["bot"]["name"], world["can_advance"], world["can_reset"]) == ("Ping", False, True)
    assert secret
    assert code == 0
    assert [file.name for file in tmp_path.iterdir()] == ["other.yml"]


def test_it_is_reached_from_outside_a_container_by_this_machines_names_alone() -> None:
    arguments = ["--host", "0.0.0.0", "--port", "0", "--bot-port", "0", "--no-open"]
    outside = "127.0.0.2"  # not where a server listens that listens on 127.0.0.1

    def answered(host: str) -> int:
        connection = http.client.HTTPConnection(outside, int(url.rpartition(":")[2]), timeout=PATIENCE)
        with closing(connection):
            connection.request("GET", "/", headers={"Host": host})
            return connection.getresponse().status

    with process("sandbox", *arguments) as running:
        [url] = told(running, AT)
        found = {host: answered(host) for host in ("127.0.0.1:8055", "localhost", "evil.example.com")}
        ended(running, signal.SIGTERM)

    assert found == {"127.0.0.1:8055": 200, "localhost": 200, "evil.example.com": 403}


def test_the_sandbox_is_a_module_too() -> None:
    Path("other.yml").write_text(OTHER_APP.replace("socket_mode_enabled: true", "{}"))
    command = [sys.executable, "-m", "sandbox", "--manifest", "none.yml"]

    refusal = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)

    assert refusal.returncode == 2
    assert refusal.stderr == "sandbox: none.yml: there is no such file\n"


def test_what_is_kept_is_there_in_the_next_run_with_the_time_and_the_incidents(tmp_path: Path) -> None:
    ana = "U0ANA00001"
    said = {"user": ana, "do": "send", "channel": GENERAL, "text": "remember me"}

    with process("sandbox", "--keep", "--port", "0", "--no-open") as running:
        [url] = told(running, AT)
        asked(f"{url}/ui/act", said)
        skipped = asked(f"{url}/ui/advance", {"seconds": 3600})
        ended(running, signal.SIGINT)
    names = sorted(file.name for file in tmp_path.iterdir())
    with process("sandbox", "--keep", "--port", "0", "--no-open") as running:
        [url] = told(running, AT)
        shown = asked(f"{url}/ui/conversation?user={ana}&id=C0GENERAL1")
        clock = asked(f"{url}/ui/clock")
        code = ended(running, signal.SIGINT)

    assert [message["text"] for message in shown["messages"]] == ["remember me"]
    assert clock["now"] >= skipped["now"]
    assert (names, code) == (["muster-sandbox.db", "muster-sandbox.db.lock", "muster-sandbox.json"], 0)


def declared(url: str, who: str) -> None:
    """Have somebody declare an S3, as the page does it."""
    asked(
        f"{url}/ui/act",
        {"user": who, "do": "slash", "command": "/inc", "text": "Disk full", "channel": GENERAL},
    )
    while not (form := asked(f"{url}/ui/modal?user={who}")["view"]):
        time.sleep(0.05)
    state = {}
    for block in form["blocks"]:
        if block.get("block_id") == "severity":
            element = block["element"]
            chosen = next(one for one in element["options"] if one["value"] == "S3")
            state = {"severity": {element["action_id"]: {"type": element["type"], "selected_option": chosen}}}
    answer = asked(f"{url}/ui/act", {"user": who, "do": "submit", "view_id": form["id"], "state": state})
    assert answer["ok"], answer


def test_people_are_texted_where_the_page_is_with_links_to_where_the_bot_is() -> None:
    away = {"method": "chat.postMessage", "kind": "status", "value": 503, "times": 1000}

    with process("sandbox", "--port", "0", "--no-open") as running:
        url, _ = told(running, AT, "(session) .* has been established")
        asked(f"{url}/ui/faults", {"add": away})
        declared(url, "U0DEV00010")
        asked(f"{url}/ui/advance", {"seconds": 65})
        arrived = asked(f"{url}/ui/phone?user=ana")["texts"]
        text, pushed = sorted(arrived, key=lambda one: one["priority"])
        (link,) = re.findall(r"http://\S+", text["text"])
        with urllib.request.urlopen(link, timeout=PATIENCE) as page:
            shown = page.read().decode()
        ended(running, signal.SIGINT)

    assert [one["label"] for one in pushed["buttons"]] == ["Acknowledge"]
    assert "S3 INC-1" in text["text"]
    assert "Disk full" in text["text"]
    assert ">Acknowledge</button>" in shown


def test_the_terminal_prints_the_readmes_steps() -> None:
    with process("sandbox", "--port", "0", "--no-open") as running:
        [printed] = told(running, r"(?s)(sandbox is at .*Ctrl-C ends it)")
        ended(running, signal.SIGINT)
    said = " ".join(printed.split())

    assert len(STEPS) > 5
    for n, step in enumerate(STEPS, 1):
        assert f" {n}. {plain(step)} " in said
    assert plain(GOOD) in said


def test_time_runs_as_fast_as_it_is_told_to() -> None:
    with process("sandbox", "--port", "0", "--no-open") as running:
        [url] = told(running, AT)
        fast = asked(f"{url}/ui/clock", {"speed": 60})
        read = [asked(f"{url}/ui/clock")["now"] for _ in range(2)]
        still = asked(f"{url}/ui/clock", {"paused": True})
        later = asked(f"{url}/ui/clock")
        ended(running, signal.SIGINT)

    assert (fast["speeds"], fast["can_pause"]) == ([1, 10, 60], True)
    assert read[0] <= read[1] <= still["now"] == later["now"]


def test_it_stops_quietly_while_time_runs_fast() -> None:
    with process("sandbox", "--port", "0", "--no-open") as running:
        url, _ = told(running, AT, "(session) .* has been established")
        asked(f"{url}/ui/clock", {"speed": 60})
        running.send_signal(signal.SIGTERM)
        said, _ = running.communicate(timeout=PATIENCE)

    assert running.returncode == 0
    assert "level=error" not in said
