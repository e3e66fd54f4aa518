"""Contact methods that Muster speaks itself. What they need of an account comes from the environment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from bot.domain.paging.contact_methods import NUMBER, AddressKind, dialled

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Service:
    """One of them: the variables that it `needs` and `may` have, and what its addresses `are`.

    `loud` and `quiet` say when a page leaves by it where no rule is written; None for not by itself.
    """

    title: str
    needs: tuple[str, ...]
    may: tuple[str, ...]
    are: AddressKind
    loud: timedelta
    quiet: timedelta | None

    @property
    def variables(self) -> tuple[str, ...]:
        return (*self.needs, *self.may)


TWILIO_CALL, TWILIO_SMS, NTFY, SMTP = "twilio call", "twilio sms", "ntfy", "smtp"
BY_TWILIO = frozenset({TWILIO_CALL, TWILIO_SMS})
_TWILIO = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM")

SERVICES: Mapping[str, Service] = {
    TWILIO_CALL: Service(
        "a call by Twilio", _TWILIO, ("TWILIO_API_URL",), AddressKind.NUMBER, 5 * MINUTE, None
    ),
    TWILIO_SMS: Service("SMS by Twilio", _TWILIO, ("TWILIO_API_URL",), AddressKind.NUMBER, 3 * MINUTE, None),
    NTFY: Service("ntfy", (), ("NTFY_URL", "NTFY_TOKEN"), AddressKind.TOPIC, MINUTE, MINUTE),
    SMTP: Service("e-mail", ("SMTP_URL", "SMTP_FROM"), (), AddressKind.MAIL, timedelta(), timedelta()),
}

_SCHEMES = {
    "TWILIO_API_URL": ("https", "http"),
    "NTFY_URL": ("https", "http"),
    "SMTP_URL": ("smtps", "smtp"),
}


def settings_of(service: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return what the environment says for a service; what is empty there is left out."""
    found = {name: environ.get(name, "").strip() for name in SERVICES[service].variables}
    return {name: value for name, value in found.items() if value}


def odd_settings(service: str, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield what a service lacks in the environment, or cannot use there. No value is shown."""
    found = settings_of(service, environ)
    for name in SERVICES[service].needs:
        if name not in found:
            yield f"`{service}` needs {name} in the environment. Set it where muster is started"
    for name, schemes in _SCHEMES.items():
        if name in found and not _usable(found[name], schemes):
            yield f"{name} is no URL that begins with {' or '.join(f'{one}://' for one in schemes)}"
    if "TWILIO_FROM" in found and not NUMBER.fullmatch(dialled(found["TWILIO_FROM"])):
        yield "TWILIO_FROM has no country code: write the number as +44 20 7946 0000"


def _usable(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.scheme in schemes and parts.hostname and parts.port != 0)
    except ValueError:
        return False
