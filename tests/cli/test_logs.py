"""Every event is one line, and no line holds a secret."""

import io
import json
import logging

import pytest
import structlog

from bot.health.logs import LogFormat, configure
from bot.health.repeats import sweep
from storage.database import DatabaseBusy

SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"


def configured(form: LogFormat) -> io.StringIO:
    stream = io.StringIO()
    configure(form, secrets=["xoxb-1", None, SIGNING], stream=stream)
    return stream


def test_text_is_key_and_value_in_one_line() -> None:
    stream = configured(LogFormat.TEXT)

    structlog.get_logger("bot.unit_of_work").warning("page is late", page=7, team="dotcom EOC", late=False)

    time, rest = stream.getvalue().split(" ", 1)
    assert time.startswith("time=20")
    assert (
        rest
        == 'level=warning logger=bot.unit_of_work event="page is late" page=7 team="dotcom EOC" late=False\n'
    )


def test_json_is_one_object_in_one_line() -> None:
    stream = configured(LogFormat.JSON)

    structlog.get_logger("bot.unit_of_work").info("two\nlines", page=7, odd=object)

    line = stream.getvalue()
    assert line.count("\n") == 1
    found = json.loads(line)
    assert (found["event"], found["level"], found["logger"], found["page"]) == (
        "two\nlines",
        "info",
        "bot.unit_of_work",
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


class Time:
    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def said(time: Time) -> io.StringIO:
    stream = io.StringIO()
    configure(LogFormat.TEXT, stream=stream, monotonic=time.monotonic)
    return stream


def test_each_lost_incident_and_each_source_is_named_whatever_number_it_has(said: io.StringIO) -> None:
    log = logging.getLogger("muster.recovery")
    for number in (8, 9, 10):
        log.warning("INC-%s is lost", number, extra={"channel": f"C0{number}", "lost": f"INC-{number}"})
        log.warning("an alert cannot be read", extra={"source": f"web-{number}", "trace": f"{number}"})

    assert [said.getvalue().count(f'"INC-{number} is lost"') for number in (8, 9, 10)] == [1, 1, 1]
    assert [said.getvalue().count(f"source=web-{number}") for number in (8, 9, 10)] == [1, 1, 1]


def test_what_is_repeated_is_counted_once_a_minute_and_said_to_be_over(said: io.StringIO, time: Time) -> None:
    log = logging.getLogger("muster.delivery")
    for second in range(130):
        time.seconds = second
        try:
            raise ValueError("no such thing")
        except ValueError:
            log.exception("delivery %s failed", second, extra={"incident": second % 3})
    time.seconds += 91
    sweep()

    lines = said.getvalue().splitlines()
    assert said.getvalue().count("Traceback") == 1
    assert ["event" in line for line in lines].count(True) == 4
    assert 'event="delivery 60 failed"' in lines[1]
    assert "repeated=60 incidents=1,2" in lines[1]
    assert "repeated=60" in lines[2]
    assert 'event="over: delivery … failed" ' in lines[3]
    assert 'lasted="129 s" times=130' in lines[3]


def test_another_reason_level_or_logger_is_another_cause(said: io.StringIO) -> None:
    for reason in ("refused", "refused", "not in channel"):
        logging.getLogger("muster.delivery").warning("failed", extra={"reason": reason, "delivery": 1})
    logging.getLogger("muster.delivery").error("failed", extra={"reason": "refused"})
    logging.getLogger("muster.socket").warning("failed", extra={"reason": "refused"})

    assert said.getvalue().count("event=failed") == 4


def test_decisions_are_never_left_out_and_what_came_once_is_not_said_to_be_over(
    said: io.StringIO, time: Time
) -> None:
    for _ in range(3):
        logging.getLogger("muster.decisions").info("paged", extra={"incident": 1})
    logging.getLogger("muster.start").warning("once")
    time.seconds = 1000
    sweep()

    assert said.getvalue().count("event=paged") == 3
    assert "over" not in said.getvalue()


def test_an_absent_database_is_one_cause_wherever_it_is_missed(said: io.StringIO) -> None:
    for name in ("muster.ticks", "muster.audit", "muster.delivery"):
        try:
            raise DatabaseBusy("PostgreSQL says: connection refused")
        except DatabaseBusy:
            logging.getLogger(name).exception("something failed")

    [line] = said.getvalue().splitlines()
    assert 'event="the database cannot be used"' in line
    assert 'missed_by="something failed" reason="PostgreSQL says: connection refused"' in line


def test_a_job_that_misses_the_database_is_named_without_an_objects_address(said: io.StringIO) -> None:
    try:
        raise DatabaseBusy("gone")
    except DatabaseBusy:
        job = "tidy (trigger: <scheduler.loop._Every object at 0x7f0>, next run at: soon)"
        logging.getLogger("apscheduler.executors.default").exception('Job "%s" raised an exception', job)

    assert 'missed_by="Job tidy"' in said.getvalue()
