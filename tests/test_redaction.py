"""No secret leaves in what is printed or logged, whatever it looks like and wherever it stands."""

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given as having
from hypothesis import strategies as some

from bot.config import ConfigInvalid, load
from bot.health.logs import LogFormat, configure
from bot.redaction import REDACTED, Redaction, given
from storage.engines import without_password

WORD = "s3cr3t-Zq8vT1mWx0"
SHAPES = (
    "http://user:{}@proxy.corp:3128",
    "http://{}@proxy.corp:3128/",
    "HTTPS://user:p@{}@proxy.corp/x",
    "https://user:a/{}@slack.corp/api/",
    "https://host.example/api?token={}",
    "https://host.example/api?a=1&sig={}#x",
    "https://hooks.slack.com/services/T0/B0/{}",
    "hooks.slack.com/workflows/T0/{}",
    "https://chat.example/hooks/{}",
    "https://discord.com/api/webhooks/12/{}",
    "https://muster.example.com/p/{}",
    "https://muster.example.com/b/{}",
    "https://muster.example.com/twilio/call/{}",
    "https://hc-ping.com/{}9f7e-11ee-aaaa",
    "wss://wss-primary.slack.com/link/?ticket={}",
    "postgresql://muster:{}@db.example/muster",
    "postgres://muster:a@b{}@db.example/muster?sslmode=require",
    "postgresql://muster@db.example/muster?password={}&sslmode=require",
    "host=db user=muster password={} dbname=muster",
    "host=db password='a b {}' dbname=muster",
    "twilio://AC12:{}@+4420/+4421",
    "twilio://{}:token@+4420/{{address}}",
    "pover://{}@token/{{address}}",
    "tgram://{}/12345",
    "slack://{}/B/C/#x",
    "ntfys://user:{}@ntfy.example.com/{{address}}",
    "mailtos://me:{}@example.com?to={{address}}",
    "json://host/{}/{{address}}",
    "me:{}@smtp.example.com",
    "xoxb-1-2-{}",
    "xoxe.xoxp-1-{}",
    "xapp-1-A-2-{}",
    "Authorization: Bearer {}",
    "{{'Authorization': 'Bearer {}'}}",
    '{{"response_url": "http://127.0.0.1/a/{}"}}',
    "SLACK_SIGNING_SECRET={}",
    'client_secret="{}"',
)
AROUND = (
    "{}",
    "found `{}`, expected a team.",
    "<{}>",
    "({})",
    '"{}"',
    "a\n{}\nb",
    "x://y {} http://a:80 b@c",
)


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_looks_like_a_secret_is_redacted(shape: str, around: str) -> None:
    said = Redaction()(around.format(shape.format(WORD)))

    assert WORD not in said
    assert REDACTED in said
    assert Redaction()(said) == said


@pytest.mark.parametrize(
    "text",
    [
        "Slack cannot be reached at https://slack.com/api/: no answer to auth.test in 10 s.",
        "Slack cannot be reached at http://127.0.0.1:9/api/.",
        "SLACK_BOT_TOKEN must start with xoxb- and is a user's token.",
        "To be reached at a public URL set SLACK_SIGNING_SECRET: api.slack.com/apps > your app.",
        "muster.yml:3: people.ana@example.com.sms: the contact method does not seem to take this address.",
        "Its services are listed at https://github.com/caronc/apprise/wiki",
        "Expected twilio://{account_sid}:{auth_token}@{from_phone}/{targets}, with {address} in it",
        "Did you mean `twilio://`?",
        "pg_dump --dbname='postgresql://muster@db.example/muster?sslmode=require'",
        "https://tanuki.slack.com/archives/C0123456789/p1700000000000100",
        "page 7 of INC-12 is late by 3 s for U012ABCDEF",
        "at 2026-03-02T12:00:00.123456+0100, version 1.2.3+20260302, 3 + 1234567",
        "people.ana@example.com.phone: lacks its country code. Write it like +44 20 7946 0000.",
    ],
)
def test_what_an_operator_needs_is_left(text: str) -> None:
    assert Redaction()(text) == text


@pytest.mark.parametrize("around", ["{}", "To={}&From=x", "(to '{}')", "tel:{}", '{{"To": "{}"}}', "{}, {}"])
@pytest.mark.parametrize("number", ["+351215550101", "+4420794600012", "%2B351215550101", "%2b351215550101"])
def test_a_phone_number_that_somebody_adds_while_the_bot_runs_is_redacted(number: str, around: str) -> None:
    assert number not in Redaction()(around.format(number, number))


PASSWORDS = some.text(min_size=6, max_size=30).filter(lambda text: text.strip() == text and "\0" not in text)


@having(password=PASSWORDS, scheme=some.sampled_from(["http", "postgresql", "https", "smtp"]))
def test_a_password_that_the_process_was_given_is_known_in_every_encoding(password: str, scheme: str) -> None:
    url = f"{scheme}://muster:{quote(password, safe='')}@db.example/x"
    redact = Redaction([*given({"ANYTHING": url, "CONTACT_METHOD_PASS": password})])
    hidden = {password, quote(password, safe=""), json.dumps(password)[1:-1]}

    for form in hidden:
        plain = f"it said {form} to us"
        assert form in REDACTED or plain != redact(plain)
        assert form in f"it said {REDACTED} to us" or form not in redact(plain)


@having(password=some.text(alphabet="ab1@:/?#%&= '\"\\", min_size=5, max_size=20))
def test_a_url_is_redacted_also_where_its_password_was_not_encoded(password: str) -> None:
    url = f"postgresql://muster:{password}@db.example/muster"
    redact = Redaction(given({"MUSTER_DATABASE": url}))
    tails = [f"{piece}@db.example" for piece in password.split("@")[1:] if len(piece) > 1]

    assert password not in redact(f"cannot reach {url} now")
    assert [tail for tail in tails if tail in redact(f'could not translate host name "{tail}"')] == []


_SAID = some.sampled_from(
    ["xoxb", "xapp", "eyJhbGciOi", "token", "bearer", "pwd", "postgres", ",", "_", "=", "+1234567"]
)


@having(words=some.lists(_SAID | some.text(alphabet="aZ09_,é"), max_size=8))
def test_a_text_of_words_is_redacted_as_one_with_a_space(words: list[str]) -> None:
    text = "".join(words)

    assert f"{Redaction()(text)} " == Redaction()(f"{text} ")


def test_a_secret_that_was_given_is_known_among_words() -> None:
    assert Redaction(["Zq8vT1mWx0"])("a,Zq8vT1mWx0,b") == f"a,{REDACTED},b"


def test_a_long_text_takes_no_time() -> None:
    texts = ("a://" * 20_000, "a:" * 50_000, "x" * 100_000, "token" * 20_000, "a.b-c" * 20_000, "/" * 100_000)

    began = time.process_time()
    for text in texts:
        Redaction()(text)

    assert time.process_time() - began < 5


PLACES = (
    "contact_methods: [{url}]",
    "contact_methods: {{sms: {{url: {url}}}}}",
    "contact_methods: {{{url}: x}}",
    "contact_methods: {url}",
    "teams:\n  dotcom EOC:\n    path: [{{page: dotcom EOC, notify: [slack, {url}]}}]",
    "teams:\n  dotcom EOC:\n    path: [{{page: {url}}}]",
    "teams:\n  dotcom EOC: {{on_call: [{url}]}}",
    "teams: {{{url}: null}}",
    "people:\n  {url}: {{phone: '+44'}}",
    "people:\n  ana@example.com: {{{url}: '+44'}}",
    "people:\n  ana@example.com: {{phone: {url}, sms: {url}}}",
    "people:\n  ana@example.com: {url}",
    "types:\n  GitLab.com: {{announce: [{url}], triage: {url}, pages: {url}, drill: {url}}}",
    "{url}: x",
    "{url}",
    "teams: {{{url}",
)
SPARED_PLACES = (
    "investigating_limit: {url}",
    "guests: {url}",
    "archive: {{after: {url}}}",
    "nudges: {{{url}: x}}",
    "alerts: {url}",
    "alerts: {{sources: {{{url}: {url}}}}}",
    "gitlab: {{url: {url}, {url}: x}}",
    "webhooks: {{audit: {{url: {url}, events: {url}}}}}",
)


@pytest.mark.parametrize(
    "url", [f"twilio://AC1:{WORD}@+4420/{{address}}", f"https://me:{WORD}@sms.example/x"]
)
@pytest.mark.parametrize("place", PLACES)
def test_a_contact_method_in_the_wrong_place_is_named_without_its_token(
    tmp_path: Path, place: str, url: str
) -> None:
    path = tmp_path / "muster.yml"
    path.write_text(place.format(url=f'"{url}"') + "\n")

    with pytest.raises(ConfigInvalid) as caught:
        load(path)

    assert caught.value.problems
    assert WORD not in str(caught.value)


@pytest.mark.parametrize(
    "url", [f"twilio://AC1:{WORD}@+4420/{{address}}", f"https://me:{WORD}@sms.example/x"]
)
@pytest.mark.parametrize("place", SPARED_PLACES)
def test_where_no_page_needs_it_it_is_set_aside_without_its_token(
    tmp_path: Path, place: str, url: str
) -> None:
    path = tmp_path / "muster.yml"
    path.write_text(place.format(url=f'"{url}"') + "\n")

    found = load(path)

    told = [*found.process.set_aside.values()]
    assert told
    assert WORD not in "\n".join([*told, *found.warnings])


def test_an_address_of_the_file_that_cannot_be_used_is_set_aside_without_its_password() -> None:
    (told,) = load(
        None, {"MUSTER_CONFIG_URL": f"ftp://me:{WORD}@git.example/muster.yml"}
    ).process.set_aside.items()

    assert told[0] == "MUSTER_CONFIG_URL"
    assert WORD not in told[1]


@contextmanager
def lines_of(form: LogFormat, *secrets: str) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure(form, secrets=secrets, stream=stream)
    yield stream
    root.handlers[:], root.level = before[0], before[1]
    logging.captureWarnings(capture=False)


@pytest.mark.parametrize("form", list(LogFormat))
@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_of_it_reaches_the_log(form: LogFormat, shape: str) -> None:
    text = shape.format(WORD)

    with lines_of(form) as stream:
        log = logging.getLogger("some.library")
        log.warning(text)
        log.warning("sent %s", {"deep": [{text: text}]}, extra={"reason": (text, {"more": text})})
        try:
            raise ValueError(text) from OSError(text)
        except ValueError:
            log.exception("failed", extra={"token": WORD})

    assert WORD not in stream.getvalue()
    assert stream.getvalue().count("\n") == 3


@pytest.mark.parametrize("form", list(LogFormat))
def test_a_known_secret_is_found_whatever_its_characters(form: LogFormat) -> None:
    odd = "pa\"ss\\w'o rd"

    with lines_of(form, odd) as stream:
        logging.getLogger("a").warning("with %r", {"x": odd}, extra={"plain": odd, "deep": {"y": [odd]}})

    assert "w'o rd" not in stream.getvalue().replace("\\", "")
    assert stream.getvalue().count(REDACTED) == 3


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        pytest.param(
            ["check"], {"SLACK_API_URL": f"ftp://me:{WORD}@slack.corp/api/"}, marks=pytest.mark.proof
        ),
        (["check"], {"SLACK_API_URL": f"http://me:{WORD}@127.0.0.1:9/api/"}),
        pytest.param(
            ["check"], {"MUSTER_CONFIG": f"https://me:{WORD}@host/muster.yml"}, marks=pytest.mark.proof
        ),
        pytest.param(  # the address is set aside in a warning, and the database ends the run
            ["run", "--database", "postgresql://muster@127.0.0.1:9/muster"],
            {"MUSTER_PUBLIC_URL": f"ftp://me:{WORD}@host"},
            marks=pytest.mark.proof,
        ),
        (["run"], {"MUSTER_DATABASE": f"postgresql://muster:a@{WORD}@127.0.0.1:9/muster"}),
        pytest.param(
            ["run", "--database", f"postgresql://muster:a@{WORD}@127.0.0.1:9/muster"],
            {},
            marks=pytest.mark.proof,
        ),
        (["run", "--port", f"http://me:{WORD}@host"], {}),
        pytest.param(["run", "--log-format", f"xoxb-{WORD}"], {}, marks=pytest.mark.proof),
        ([f"xoxb-{WORD}"], {}),
        (["backup", "copy", "--database", f"mysql://me:{WORD}@host/x"], {}),
        (["move", "--from", f"postgresql://me:{WORD}@127.0.0.1:9/a", "--to", "b.db"], {}),
    ],
)
def test_no_command_prints_a_secret(
    tmp_path: Path, arguments: list[str], environment: dict[str, str]
) -> None:
    (tmp_path / "muster.yml").write_text("teams:\n  dotcom EOC: {on_call: [a@example.com]}\n")
    tokens = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": "http://127.0.0.1:9/",
    }
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("SLACK_", "MUSTER_"))}

    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=tmp_path,
        check=False,
        env={**clean, **tokens, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode in {1, 2}
    assert WORD not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


async def test_check_does_not_print_the_password_of_a_proxy_that_refuses_it(tmp_path: Path) -> None:
    """The proxy answers each CONNECT with 407, and aiohttp repeats its URL in the error."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("SLACK_", "MUSTER_"))},
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "HTTPS_PROXY": f"http://me:{WORD}@127.0.0.1:{port}",
        }
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "check"),
            cwd=tmp_path,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(running.communicate(), 60)

    assert b"Slack cannot be reached at https://slack.com/api/: 407" in said
    assert WORD.encode() not in said


def test_a_bug_is_told_with_its_trace_and_without_secrets() -> None:
    broken = f"""
import bot.__main__, bot.cli.check
def settings(*_, **__): raise RuntimeError("no way through http://me:{WORD}@proxy:3128")
bot.cli.check.read_settings = settings
bot.__main__.main(["check"])
"""

    done = subprocess.run(
        [sys.executable, "-c", broken], check=False, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("RuntimeError: no way through http://[redacted]@proxy:3128\n")
    assert WORD not in done.stderr


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://m:a@b:c@h/d?password=x&sslmode=require", "postgresql://m@h/d?sslmode=require"),
        ("postgresql://h/d?sslmode=require&sslpassword=x", "postgresql://h/d?sslmode=require"),
        ("postgresql://m@h/d?PASSWORD=x", "postgresql://m@h/d"),
        ("sqlite:muster.db", "sqlite:muster.db"),
    ],
)
def test_an_address_without_its_password_is_still_one(address: str, shown: str) -> None:
    assert without_password(address) == shown
