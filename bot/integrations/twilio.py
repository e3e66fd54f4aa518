"""Twilio: calls whose keys answer, and texts that can be replied to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp

from bot.domain.paging.contact_methods import dialled
from bot.integrations.outgoing import Outgoing
from bot.integrations.posting import post

API = "https://api.twilio.com"
RINGS = 25
"""Seconds for which a phone rings: most mailboxes answer after 30."""


@dataclass(frozen=True, slots=True)
class TwilioCall:
    """Calls a number. What is said is asked of us when somebody answers."""

    _account: Mapping[str, str] = field(repr=False)

    async def send(self, message: Outgoing) -> None:
        said = {"Url": message.call} if message.call else {"Twiml": message.spoken}
        report = {"StatusCallback": message.report} if message.report else {}
        how = {"Timeout": str(RINGS), "MachineDetection": "Enable"}
        await _create(self._account, "Calls", message.address, {**said, **report, **how})


@dataclass(frozen=True, slots=True)
class TwilioSms:
    """Texts a number."""

    _account: Mapping[str, str] = field(repr=False)

    async def send(self, message: Outgoing) -> None:
        report = {"StatusCallback": message.report} if message.report else {}
        await _create(self._account, "Messages", message.address, {"Body": message.text, **report})


async def _create(account: Mapping[str, str], what: str, address: str, fields: Mapping[str, str]) -> None:
    sid = account["TWILIO_ACCOUNT_SID"]
    base = account.get("TWILIO_API_URL", API).rstrip("/")
    who = {"To": dialled(address), "From": dialled(account["TWILIO_FROM"])}
    await post(
        f"{base}/2010-04-01/Accounts/{sid}/{what}.json",
        data={**who, **fields},
        headers={"Authorization": aiohttp.encode_basic_auth(sid, account["TWILIO_AUTH_TOKEN"])},
    )
