"""The key `webhooks` of `muster.yml`."""

import base64
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.config import load
from bot.config.webhooks import key_of
from tests.config.test_trackers import written

SECRET = "whsec_" + base64.b64encode(b"a" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"b" * 24).decode()
PLAIN = "url: https://hooks.test/in, secret: '${S}'"


def test_a_webhook_is_read_with_its_secrets_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "old").write_text(OTHER)
    file = written(
        tmp_path,
        "webhooks: {ops: {url: 'https://hooks.test/${TOKEN}', secret: '${S}', previous_secret: '${OLD}',"
        " events: [incident.*, page.raised], private: true, allow: [10.0.0.0/8], tell: ops}}",
    )
    config = load(file, {"S": SECRET, "OLD_FILE": str(tmp_path / "old"), "TOKEN": "t0ken"})

    (found,) = config.webhooks
    assert not [one for one in config.warnings if "webhooks" in one]
    assert found.url == "https://hooks.test/t0ken"
    assert found.keys == (b"a" * 32, b"b" * 24)
    assert (found.events, found.private, found.tell) == (("incident.*", "page.raised"), True, "ops")
    assert found.allow == (ip_network("10.0.0.0/8"),)
    assert {SECRET, OTHER, "https://hooks.test/t0ken"} <= {*config.withheld}
    assert not [one for one in (SECRET, OTHER, "t0ken") if one in repr(config)]
    (unsent,) = load(file, {}, sends=False).webhooks
    assert (unsent.name, unsent.signing) == ("ops", ())


@pytest.mark.parametrize(
    ("section", "environ", "said"),
    [
        (
            f"{{ops: {{{PLAIN}}}}}",
            {},
            "webhooks.ops.secret: found something else, expected S in the environment",
        ),
        (f"{{ops: {{{PLAIN}}}}}", {"S": "whsec_short"}, "whsec_ and the base64 of 24 to 64 bytes in S"),
        ("{ops: {url: https://a.test, secret: whsec_plain}}", {}, "found something else, expected ${NAME}"),
        ("{ops: {url: ftp://a.test, secret: '${S}'}}", {"S": SECRET}, "webhooks.ops.url"),
        ("{ops: {url: 'https://u:p@a.test', secret: '${S}'}}", {"S": SECRET}, "webhooks.ops.url"),
        (
            f"{{ops: {{{PLAIN}, events: [incident.decalred]}}}}",
            {"S": SECRET},
            "Did you mean `incident.declared`",
        ),
        (f"{{ops: {{{PLAIN}, allow: [inside]}}}}", {"S": SECRET}, "expected a network"),
        (f"{{ops: {{{PLAIN}, evnts: []}}}}", {"S": SECRET}, "webhooks.ops.evnts: is no key here"),
        (f"{{Ops!: {{{PLAIN}}}}}", {"S": SECRET}, "a name of lower-case letters"),
        ("{ops: {secret: '${S}'}}", {"S": SECRET}, "webhooks.ops.url: is missing"),
        (f"{{ops: {{{PLAIN}}}}}", {"S_FILE": "/nowhere"}, "S_FILE: /nowhere cannot be read"),
        ("[ops]", {}, "webhooks: found a list"),
    ],
)
def test_a_wrong_one_is_set_aside_and_the_bot_starts(
    tmp_path: Path, section: str, environ: dict[str, str], said: str
) -> None:
    config = load(written(tmp_path, f"webhooks: {section}"), environ)

    assert config.webhooks == ()
    (warning,) = [one for one in config.warnings if "No event is sent" in one]
    assert said in warning
    assert "whsec_" not in warning.replace("expected whsec_", "").replace("holds whsec_…", "")


def test_a_wrong_one_leaves_the_others(tmp_path: Path) -> None:
    both = f"webhooks: {{bad: {{url: x, secret: '${{S}}'}}, ops: {{{PLAIN}}}}}"

    config = load(written(tmp_path, both), {"S": SECRET})

    assert [one.name for one in config.webhooks] == ["ops"]
    assert len([one for one in config.warnings if "webhooks.bad" in one]) == 1


def test_a_secret_is_a_key_of_some_length() -> None:
    assert key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") is not None
    assert key_of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") is None
    assert key_of("whsec_Mf") is None
    assert key_of("whsec_é") is None
