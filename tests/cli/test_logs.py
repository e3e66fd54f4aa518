"""Every event is one line, and no line holds a secret."""

import io
import json
import logging

import pytest
import structlog

from bot.logs import LogFormat, configure

SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"


def configured(form: LogFormat) -> io.StringIO:
    stream = io.StringIO()
    configure(form, secrets=["xoxb-1", None, SIGNING], stream=stream)
    return stream


def test_text_is_key_and_value_in_one_line() -> None:
    stream = configured(LogFormat.TEXT)

    structlog.get_logger("bot.desk").warning("page is late", page=7, team="dotcom EOC", late=False)

    time, rest = stream.getvalue().split(" ", 1)
    assert time.startswith("time=20")
    assert rest == 'level=warning logger=bot.desk event="page is late" page=7 team="dotcom EOC" late=False\n'


def test_json_is_one_object_in_one_line() -> None:
    stream = configured(LogFormat.JSON)

    structlog.get_logger("bot.desk").info("two\nlines", page=7, odd=object)

    line = stream.getvalue()
    assert line.count("\n") == 1
    found = json.loads(line)
    assert (found["event"], found["level"], found["logger"], found["page"]) == (
        "two\nlines",
        "info",
        "bot.desk",
        7,
    )


def test_what_a_plain_logger_adds_is_there_too() -> None:
    stream = configured(LogFormat.TEXT)

    logging.getLogger("muster.socket").warning("no connection", extra={"reason": "closed by peer"})

    assert stream.getvalue().endswith('event="no connection" reason="closed by peer"\n')


@pytest.mark.parametrize("form", list(LogFormat))
def test_the_libraries_logs_and_their_exceptions_take_the_same_way(form: LogFormat) -> None:
    stream = configured(form)

    try:
        raise RuntimeError("it\nbroke")
    except RuntimeError:
        logging.getLogger("slack_bolt.AsyncApp").exception("failed for %s", "U1")

    assert stream.getvalue().count("\n") == 1
    assert "failed for U1" in stream.getvalue()
    assert "RuntimeError: it\\nbroke" in stream.getvalue()


def test_the_loggers_that_tell_every_second_are_quiet() -> None:
    stream = configured(LogFormat.TEXT)

    logging.getLogger("apscheduler.executors.default").info("Running job")
    logging.getLogger("aiohttp.access").info("GET /healthz")
    logging.getLogger("slack_bolt").debug("body")

    assert stream.getvalue() == ""


def test_control_characters_from_people_stay_harmless() -> None:
    stream = configured(LogFormat.TEXT)

    structlog.get_logger().info("\x1b[2Jgone\x9b\u2028", **{"odd key": "é"})

    line = stream.getvalue()
    assert line.count("\n") == 1
    assert line.rstrip("\n").isprintable()
    assert "odd_key=é" in line


@pytest.mark.parametrize("form", list(LogFormat))
@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy",
        "xapp-1-A02-333-abcdef",
        "xoxp-1-2-3-abc",
        "xoxe.xoxb-1-abc",
        SIGNING,
        "https://hooks.slack.com/commands/T1DC2JH3J/397700885554/96rGlfmibIGlgcZRskXaIFfN",
        "https://hooks.slack.com/actions/T1/2/x_y",
    ],
)
def test_a_secret_is_redacted_wherever_it_hides(form: LogFormat, secret: str) -> None:
    stream = configured(form)
    log = structlog.get_logger("bot")

    log.info("token %s.", secret, nested={"deep": [secret]}, header=f"Bearer {secret}")
    logging.getLogger("slack_sdk").warning("sent %s", {"Authorization": secret})
    try:
        raise ValueError(secret)
    except ValueError:
        log.exception("failed")

    assert secret not in stream.getvalue()
    assert stream.getvalue().count("[redacted]") >= 5
    assert stream.getvalue().count("\n") == 3
    if form is LogFormat.JSON:
        assert [json.loads(line)["logger"] for line in stream.getvalue().splitlines()] == [
            "bot",
            "slack_sdk",
            "bot",
        ]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ('{"response_url": "http://127.0.0.1:8055/hooks/abc", "user": "U1"}', "hooks/abc"),
        ("{'response_urls': [{'response_url': 'http://127.0.0.1/hooks/abc'}]}", "hooks/abc"),
        ("x-slack-signature: v0=a2114d57", "a2114d57"),
        ("Authorization: Bearer abc123", "abc123"),
        ("connecting to wss://wss-primary.slack.com/link/?ticket=t1ck-e7&app_id=A1", "t1ck-e7"),
        ("proxy http://me:pa55@proxy:3128 used", "pa55"),
    ],
)
@pytest.mark.parametrize("form", list(LogFormat))
def test_values_beside_a_telling_name_are_redacted(form: LogFormat, text: str, hidden: str) -> None:
    stream = configured(form)

    logging.getLogger("slack_bolt").info(text)

    assert hidden not in stream.getvalue()
    assert "[redacted]" in stream.getvalue()
