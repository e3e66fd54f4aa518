"""E-mail by SMTP, with the standard library, in a thread of its own."""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import SplitResult, unquote, urlsplit

from bot.integrations.outgoing import Outgoing
from bot.integrations.threads import in_a_thread
from bot.jobs import DeliveryFailed

PATIENCE = 10.0
PORTS = {"smtp": 587, "smtps": 465}
SUBJECT = 120


class RecipientRefused(DeliveryFailed):
    """The server works, and takes nothing for this mailbox: now, or (`permanent`) ever."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """Sends mail through one server."""

    _settings: Mapping[str, str] = field(repr=False)

    @property
    def sender(self) -> str:
        return self._settings["SMTP_FROM"]

    async def send(self, message: Outgoing) -> None:
        await self.post(_mail(message, self.sender))

    async def try_out(self) -> None:
        """See whether the server lets us in; nothing is mailed. Raises DeliveryFailed."""
        if failure := await in_a_thread(lambda: _sent(urlsplit(self._settings["SMTP_URL"]), None)):
            raise failure

    async def post(self, mail: EmailMessage) -> None:
        """Hand a mail over. Raises DeliveryFailed, and RecipientRefused where only its mailbox is refused."""
        if failure := await in_a_thread(lambda: _sent(urlsplit(self._settings["SMTP_URL"]), mail)):
            raise failure


def _mail(message: Outgoing, sender: str) -> EmailMessage:
    mail = EmailMessage()
    link = message.link or ""
    subject = message.text.replace(f". Acknowledge: {link}", "").replace(link, "") if link else message.text
    mail["From"], mail["To"], mail["Subject"] = sender, message.address, subject[:SUBJECT]
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="muster.invalid")
    if message.loud:
        mail["Importance"], mail["X-Priority"] = "high", "1"
    mail.set_content(message.text)
    return mail


def _sent(server: SplitResult, mail: EmailMessage | None) -> DeliveryFailed | None:
    """Send from this thread, or only log in, and return what went wrong; only codes are shown of it."""
    handed = False
    try:
        with closing(_connected(server)) as session:  # how it says goodbye says nothing of the mail
            if server.scheme == "smtp" and (session.has_extn("starttls") or server.username):
                session.starttls(context=ssl.create_default_context())
            if server.username:
                session.login(unquote(server.username), unquote(server.password or ""))
            if mail:
                handed = True
                session.send_message(mail)
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        return RecipientRefused(f"it answered {code}", permanent=500 <= code < 600)
    except smtplib.SMTPAuthenticationError as refused:
        return DeliveryFailed(f"it refused the login ({refused.smtp_code})")
    except smtplib.SMTPResponseException as refused:
        return _answered(refused.smtp_code)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return DeliveryFailed(f"it could not be used: {type(error).__name__}", uncertain=handed)
    return None


def _answered(code: int) -> DeliveryFailed:
    return DeliveryFailed(f"it answered {code}", permanent=500 <= code < 600)


def _connected(server: SplitResult) -> smtplib.SMTP:
    """Return a session. One that is not encrypted from the start is before a password leaves."""
    host, port = server.hostname or "", server.port or PORTS[server.scheme]
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=ssl.create_default_context())
    session = smtplib.SMTP(host, port, timeout=PATIENCE)
    with ExitStack() as unless_greeted:
        unless_greeted.callback(session.close)
        session.ehlo_or_helo_if_needed()
        unless_greeted.pop_all()
    return session
