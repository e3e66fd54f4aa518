"""What is taken for a secret in what people write in an incident, and what is not."""

import time

import pytest

from bot.domain.work.held import Finding, LooksSecret, masked
from bot.secret_scan import find, hidden, mark_of, refuse_secrets

# Each is put together here, so that no scanner takes this file for a leak.
GITLAB = "glpat-" + "aB3dE6gH9jK2mN5pQ8sT"
SECRETS = {
    "GitLab": GITLAB,
    "GitLab, routable": "glpat-" + "aB3dE6gH9jK2mN5pQ8sTuV1wX" + ".01." + "0a1b2c3d4",
    "GitLab runner": "glrt-" + "aB3dE6gH9jK2mN5pQ8sT",
    "GitHub": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "GitHub, fine-grained": "github_pat_" + "11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ0123456789",
    "AWS": "AKIA" + "IOSFODNN7EXAMPLE",
    "AWS secret": "aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "Slack": "xoxb-" + "123456789012-123456789012-abcdefghijklmnopqrstuvwx",
    "Slack app": "xapp-" + "1-A0123456789-1234567890123-" + "0123456789abcdef0123456789abcdef",
    "Slack webhook": "https://hooks.slack.com/services/" + "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "Stripe": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "Google": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "OpenAI": "sk-" + "abcdefghij0123456789T3BlbkFJabcdefghij0123456789",
    "Anthropic": "sk-ant-" + "api03-abcdefghij0123456789",
    "SendGrid": "SG." + "abcdefghijklmnopqrstuv." + "abcdefghijklmnopqrstuvwxyz0123456789abcdefg",
    "Twilio": "SK" + "0123456789abcdef0123456789abcdef",
    "npm": "npm_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "PyPI": "pypi-AgEIcHlwaS5vcmc" + "a" * 80,
    "JWT": "eyJ"
    + "hbGciOiJIUzI1NiJ9.eyJ"
    + "zdWIiOiIxMjM0NTY3ODkwIn0."
    + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "private key": "-----BEGIN RSA "
    + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc\n-----END RSA "
    + "PRIVATE KEY-----",
    "in a URL": "postgres://gitlab:" + "s3cr3t-pw" + "@db.internal:5432/main",
    "password": "password: " + "hunter22",
    "password, quoted": 'PASSWORD="' + "correcthorse" + '"',
    "variable": "DB_PASSWORD=" + "Tr0ub4dor&3",
    "token by name": "the token is in CI_TOKEN=" + "abcDEF123456ghiJKL",
    "header": "curl -H 'Authorization: Bearer " + "abcdef0123456789abcdef'",
    "ours": "muster_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6",
}
ORDINARY = (
    "The password: rotation failed again",
    "We rotated the password. Token: none, secret: redacted",
    "Commit 9fceb02d0ae598e95dc970b74767f19372d61af8 broke it",
    "https://gitlab.com/gitlab-org/gitlab/-/commit/9fceb02d0ae598e95dc970b74767f19372d61af8?w=1",
    "Trace 4bf92f3577b34da6a3ce929d0e0e4736, request 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "token: 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "INC-7 is a duplicate of INC-12; see https://example.slack.com/archives/C01AB2CD3EF/p1700000000000100",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "image images.example.com/app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "ssh git@gitlab.com:gitlab-org/gitlab.git and mail ops@example.com",
    "https://user:password@example.com and postgres://app:***@db:5432",
    "APDEX SCORES fell; ACCOUNTS of node-7, web-23 are locked",
    "pwd: /srv/app2 and api-key: node-7 and token: v1.2.3",
    "The API key: expired on 2026-03-02T14:05:00Z, replaced by the secret: INC-12",
    "export PASSWORD=$VAULT_PASSWORD, token=${CI_JOB_TOKEN}, secret=<your secret>",
    "Runbook: https://runbooks.example.com/password: see step 3 at 14:05",
    "kubectl -n web rollout undo deploy/web-7d9f8b6c5d-x2x4z",
    "p95 of 1200ms, error rate 5 %, 3000 users, S2 since 09:12",
    "<@U0123456789> please look at <#C0123456789|inc-7>",
)


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_found_and_nothing_of_it_but_its_kind_is_shown(text: str) -> None:
    written = f"The key was {text} until noon"

    shown, found = hidden(written)

    assert found
    assert "until noon" in shown
    for one in found:
        secret = written[one.start : one.end]
        assert secret not in shown
        assert secret[4:] not in shown
    assert find(shown) == []


@pytest.mark.parametrize("text", ORDINARY)
def test_what_is_ordinary_in_an_incident_is_none(text: str) -> None:
    assert find(text) == []


def test_findings_that_overlap_are_hidden_as_one() -> None:
    text = "0123456789 secret"

    assert masked(text, [Finding("A", 0, 6), Finding("B", 3, 10), Finding("C", 4, 5)]) == (
        "•••••••••••••••• secret"
    )


def test_a_confirmation_is_of_these_secrets_and_no_others() -> None:
    with pytest.raises(LooksSecret, match="GitLab Token") as refused:
        refuse_secrets("nothing", f"It is {GITLAB}", sure="")
    assert GITLAB not in str(refused.value) + refused.value.shown

    refuse_secrets(f"Look: {GITLAB}", sure=refused.value.sure)
    with pytest.raises(LooksSecret):
        refuse_secrets(f"{GITLAB} and {SECRETS['AWS']}", sure=refused.value.sure)
    assert mark_of(["nothing"]) != refused.value.sure


@pytest.mark.parametrize(
    "hostile", ["//", "://a:", "aws key ", "password_", "eyJ", "-----BEGIN ", "AccountKey="]
)
def test_no_text_takes_long(hostile: str) -> None:
    find("")
    begun = time.process_time()

    find((hostile * 3000)[:12_000])

    assert time.process_time() - begun < 1
