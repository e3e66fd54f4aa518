"""Only what Amazon SNS signed is taken, by a certificate of Amazon's; these are signed by one of our own."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("cryptography", reason="it is an extra, and not installed here")

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from bot.domain.alerts.routing import Source
from bot.domain.errors import Refused
from bot.intake.sns_signed import AmazonAway, of_amazon, signed_text
from bot.integrations.amazon import Amazon
from handlers.alerts.amazon import looked_at
from tests.intake.payloads import CLOUDWATCH, TOPIC, sns

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SOURCE = Source("aws", "sns", "")
OPENED = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"


def certificate(key: rsa.RSAPrivateKey = KEY) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=900))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


PEM = certificate()


def signed(told: dict[str, Any], key: rsa.RSAPrivateKey = KEY, version: str = "1") -> dict[str, Any]:
    told = told | {"SignatureVersion": version}
    algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()
    signature = key.sign(signed_text(told), padding.PKCS1v15(), algorithm)
    return told | {"Signature": base64.b64encode(signature).decode()}


class AmazonHere:
    """Answers as Amazon would, and knows what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.confirmed: list[str] = []

    async def certificate(self, url: str) -> bytes:
        self.asked.append(url)
        return PEM

    async def confirm(self, url: str) -> None:
        if not url:
            raise AmazonAway("the address is not one of Amazon SNS")
        self.confirmed.append(url)


ALARM = sns(json.dumps(CLOUDWATCH))


@pytest.mark.parametrize("version", ["1", "2"])
async def test_what_amazon_signed_is_taken(version: str):
    await looked_at(signed(ALARM, version=version), SOURCE, AmazonHere())


def test_the_text_that_is_signed_is_that_of_the_documentation():
    told = sns("Hello world!")
    del told["Subject"]

    assert signed_text(told).decode() == (
        "Message\nHello world!\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\n"
        f"Timestamp\n2012-05-02T00:54:06.655Z\nTopicArn\n{TOPIC}\nType\nNotification\n"
    )


@pytest.mark.parametrize(
    "told",
    [
        ALARM,
        signed(ALARM) | {"Message": "changed"},
        signed(ALARM, OTHER),
        signed(ALARM) | {"SignatureVersion": "3"},
        signed(ALARM) | {"SignatureVersion": "2"},
        signed(ALARM) | {"Signature": "§"},
        signed(ALARM) | {"Signature": None},
        {},
    ],
)
async def test_what_somebody_else_says_is_refused(told: dict[str, Any]):
    with pytest.raises(Refused, match="did not sign"):
        await looked_at(told, SOURCE, AmazonHere())


HOSTILE = (
    "http://sns.eu-west-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com.evil.test/a.pem",
    "https://evil.test/sns.eu-west-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com@evil.test/a.pem",
    "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
    "https://s3.eu-west-1.amazonaws.com/mine/a.pem",
    "https://sns.evil.test/x.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com/a.txt",
    "https://sns.eu-west-1.amazonaws.com/\n.pem",
    "https://169.254.169.254/a.pem",
    "",
    None,
    7,
)


@pytest.mark.parametrize("where", HOSTILE)
async def test_a_certificate_from_elsewhere_is_not_even_asked_for(where: object):
    amazon = AmazonHere()

    with pytest.raises(Refused):
        await looked_at(signed(ALARM) | {"SigningCertURL": where}, SOURCE, amazon)

    assert amazon.asked == []
    assert of_amazon(where, ".pem") == ""


async def test_a_subscription_is_confirmed_at_amazon_and_nowhere_else():
    amazon = AmazonHere()
    asks = sns("You have chosen", "SubscriptionConfirmation", Token="abc", SubscribeURL=OPENED)

    await looked_at(signed(asks), SOURCE, amazon)
    with pytest.raises(AmazonAway):
        await looked_at(signed(asks | {"SubscribeURL": "https://evil.test/"}), SOURCE, amazon)
    with pytest.raises(Refused):
        await looked_at(asks, SOURCE, amazon)

    assert amazon.confirmed == [OPENED]


async def test_only_the_topics_that_are_named_are_taken():
    known = Source("aws", "sns", "", topics=(TOPIC,))
    amazon = AmazonHere()

    await looked_at(signed(ALARM), known, amazon)
    with pytest.raises(Refused, match="topics"):
        await looked_at(signed(ALARM | {"TopicArn": TOPIC + "2"}), known, amazon)


class Session:
    """Answers every request alike, and counts them."""

    def __init__(self, status: int) -> None:
        self.status, self.asked = status, 0

    def get(self, url: str, **options: Any) -> "Session":
        assert not options["allow_redirects"]
        self.asked += 1
        return self

    async def __aenter__(self) -> "Session":
        return self

    async def __aexit__(self, *_: object) -> None: ...

    @property
    def content(self) -> "Session":
        return self

    async def read(self, _: int) -> bytes:
        return PEM


async def test_a_certificate_is_asked_for_once():
    session = Session(200)
    amazon = Amazon(session)  # type: ignore[arg-type]

    found = [await amazon.certificate(ALARM["SigningCertURL"]) for _ in range(3)]

    assert found == [PEM] * 3
    assert session.asked == 1


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_an_answer_that_is_none_is_asked_for_again(status: int):
    session = Session(status)
    amazon = Amazon(session)  # type: ignore[arg-type]

    for _ in range(2):
        with pytest.raises(AmazonAway, match=str(status)):
            await amazon.certificate(ALARM["SigningCertURL"])

    assert session.asked == 2
