"""Pictures of pinned messages, fetched from Slack once and kept: they outlast the message."""

from functools import partial
from urllib.parse import urlsplit

import aiohttp

from bot.domain.facts import PictureWanted
from bot.domain.timeline.pictures import LARGEST, Picture, kind_of
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Effect, Job
from bot.operations.timeline.pictures import TOO_LARGE
from bot.unit_of_work import UnitOfWork
from storage import pictures
from storage.outbox import Delivery
from storage.transaction import Tx

NO_PICTURE = "it is no PNG, JPEG, GIF or WebP"
NOT_GIVEN = "Slack did not give it: the app may lack the scope files:read"
ELSEWHERE = "it does not lie with Slack"
_OF_SLACK = (".slack.com", ".slack-gov.com")
_PIECE = 64 * 1024


class Pictures:
    """Fetches what pinned messages show. The bot's token is sent to Slack alone, and follows no redirect."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow, self._slack = uow, slack

    def jobs(self) -> list[Job]:
        return [Job("slack.keep_picture", {PictureWanted}, self.keep, "picture:{picture}", _failed)]

    async def keep(self, delivery: Delivery) -> Effect | None:
        """Fetch a picture, and keep it if that is what it is."""
        number = delivery.subject["picture"]
        picture = await self._uow.read(pictures.get, number)
        if not picture or not picture.wanted:
            return None
        found = await self._fetched(picture)
        if isinstance(found, str):
            return partial(pictures.refuse, picture_id=number, why=found)
        if not (kind := kind_of(found)):
            return partial(pictures.refuse, picture_id=number, why=NO_PICTURE)
        return partial(pictures.keep, picture_id=number, kind=kind, content=found)

    async def _fetched(self, picture: Picture) -> bytes | str:
        """Return what lies at a picture's address, or why it is not kept."""
        web = self._slack.web
        if not web.session or not _with_slack(picture.url, web.base_url):
            return ELSEWHERE
        token = {"Authorization": f"Bearer {web.token}"}
        try:
            async with web.session.get(picture.url, headers=token, allow_redirects=False) as answer:
                if answer.status == 429 or answer.status >= 500:
                    raise DeliveryFailed(f"a picture: Slack answered {answer.status}")
                return await _read(answer) if answer.status == 200 else NOT_GIVEN
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise DeliveryFailed("a picture: Slack cannot be reached") from error


async def _read(answer: aiohttp.ClientResponse) -> bytes | str:
    content = bytearray()
    async for piece in answer.content.iter_chunked(_PIECE):
        content += piece
        if len(content) > LARGEST:
            return TOO_LARGE
    return bytes(content)


def _with_slack(url: str, api: str) -> bool:
    """Say whether an address is one of Slack's own, or of whatever plays Slack here."""
    try:
        asked, ours = urlsplit(url), urlsplit(api)
    except ValueError:
        return False
    if (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc):
        return True
    return asked.scheme == "https" and "@" not in asked.netloc and (asked.hostname or "").endswith(_OF_SLACK)


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    pictures.refuse(tx, delivery.subject["picture"], reason)
