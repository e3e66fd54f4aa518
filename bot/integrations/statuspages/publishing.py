"""Has status pages of other services say what was published: looked for before it is said again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.config.statuspage import PageSettings
from bot.domain import facts
from bot.domain.incidents.public_posts import PageNotice, PublicPost, by_component, kept_back
from bot.domain.incidents.publicity import PublicStatus
from bot.integrations.statuspages.notice import Page, Wanted
from bot.jobs import DeliveryFailed, Effect, Job
from bot.operations.incidents.public_posts import TOLD_AT, not_taken, taken
from bot.unit_of_work import UnitOfWork
from storage import incidents, public_posts
from storage.outbox import Delivery
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that is said on one page, read in one transaction.

    `there` is what it shows of the incident, `known` the numbers of all that we published there. One that
    `stays` with us is not published any more.
    """

    post: PublicPost
    wanted: Wanted
    there: Sequence[PageNotice]
    known: Sequence[str]
    stays: bool


class Publishing:
    """Sends to each page. What turned private since is not sent."""

    def __init__(self, uow: UnitOfWork, pages: Sequence[tuple[Page, PageSettings]], database: str) -> None:
        self._uow = uow
        self._pages = {page.name: (page, settings) for page, settings in pages}
        self._database = database

    def jobs(self) -> list[Job]:
        lane = "statuspage:{page}:{incident}"
        return [
            Job(
                "statuspage.publish",
                {facts.NoticeToPost},
                self.publish,
                lane,
                _given_up,
                on_retry=_not_yet,
            )
        ]

    async def publish(self, delivery: Delivery) -> Effect | None:
        """Have a page say a text, unless it says it already."""
        named = delivery.subject["page"]
        if named not in self._pages:
            raise DeliveryFailed(f"{named} is not configured any more", permanent=True)
        page, settings = self._pages[named]
        scene = await self._uow.read(self._scene, delivery, settings)
        if scene.stays:
            raise DeliveryFailed("nothing of it is published by Muster any more", permanent=True)
        post, wanted = scene.post, scene.wanted
        if any(one.post >= post.id for one in scene.there):
            return None
        unsure = delivery.uncertain or delivery.tries > 1 or bool(delivery.subject.get("again"))
        open_there = [one for one in scene.there if not one.resolved]
        if not open_there:
            shown = await self._begin(page, wanted, scene, look=unsure)
            return partial(taken, shown=(shown,))
        said = [await self._go_on(page, one, wanted, post, look=unsure) for one in open_there]
        return partial(taken, shown=tuple(said))

    async def _begin(self, page: Page, wanted: Wanted, scene: _Scene, *, look: bool) -> PageNotice:
        """Create the notice, unless it is there and the answer was lost."""
        remote = await page.find(wanted, scene.known) if look else None
        shown = PageNotice(page.name, remote or "", scene.post.incident, scene.post.id, wanted.resolved)
        if remote:
            return await self._go_on(page, shown, wanted, scene.post, look=True)
        made = replace(shown, remote=await page.create(wanted))
        if wanted.resolved and not page.ends_at_once:
            await page.resolve(made.remote, wanted)
        return made

    async def _go_on(
        self, page: Page, shown: PageNotice, wanted: Wanted, post: PublicPost, *, look: bool
    ) -> PageNotice:
        if not (look and await page.says(shown.remote, wanted)):
            await (page.resolve if wanted.resolved else page.update)(shown.remote, wanted)
        return replace(shown, post=post.id, resolved=wanted.resolved)

    def _scene(self, tx: Tx, delivery: Delivery, settings: PageSettings) -> _Scene:
        post = public_posts.get(tx, delivery.subject["post"])
        notice = public_posts.of_notice(tx, post)
        others = by_component(public_posts.open_ones(tx, but=post.incident))
        named = dict.fromkeys(name for one in notice for name in one.components)
        now = {name: others.get(name, PublicStatus.OPERATIONAL) for name in named}
        if not post.resolved:
            now |= dict.fromkeys(post.components, post.public_status)
        components = {settings.components[name]: now[name] for name in named if name in settings.components}
        marker = f"INC-{post.incident} {self._database} {notice[0].id}"
        wanted = Wanted(post.title, post.text, post.public_status, post.state, components, marker)
        stays = bool(kept_back(incidents.get(tx, post.incident), tx.process))
        return _Scene(
            post,
            wanted,
            public_posts.shown(tx, post.incident, settings.name),
            public_posts.remotes(tx, settings.name),
            stays,
        )


def _not_yet(tx: Tx, delivery: Delivery, reason: str) -> None:
    if delivery.tries == TOLD_AT:
        not_taken(tx, delivery.subject["post"], delivery.subject["page"], reason, over=False)


def _given_up(tx: Tx, delivery: Delivery, reason: str) -> None:
    not_taken(tx, delivery.subject["post"], delivery.subject["page"], reason, over=True)
