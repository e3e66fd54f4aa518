"""Amazon SNS: the certificates that it signs with, and the address that confirms a subscription."""

from dataclasses import dataclass, field

import aiohttp

from bot.intake.sns_signed import AmazonAway, of_amazon

SECONDS = 10.0
LONGEST = 64 * 1024
MOST_KEPT = 20


@dataclass(slots=True)
class Amazon:
    """Asks hosts of Amazon SNS alone, whatever a message names."""

    _session: aiohttp.ClientSession
    _kept: dict[str, bytes] = field(default_factory=dict)

    async def certificate(self, url: str) -> bytes:
        """Return the certificate at an address of Amazon's. Raises AmazonAway."""
        if url not in self._kept:
            found = await self._asked(of_amazon(url, ".pem"))
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[url] = found
        return self._kept[url]

    async def confirm(self, url: str) -> None:
        """Open an address of Amazon's that confirms a subscription. Raises AmazonAway."""
        await self._asked(of_amazon(url))

    async def _asked(self, url: str) -> bytes:
        if not url:
            raise AmazonAway("the address is not one of Amazon SNS")
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with self._session.get(url, allow_redirects=False, timeout=timeout) as answer:
                found = await answer.content.read(LONGEST)
                if answer.status != 200:
                    raise AmazonAway(f"it answered {answer.status}")
        except (TimeoutError, aiohttp.ClientError, OSError) as failure:
            raise AmazonAway(type(failure).__name__) from failure
        return found
