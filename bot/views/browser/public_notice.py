"""The page on which people write what customers read of an incident, from values of the domain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from bot.domain.editions import NONE
from bot.domain.incidents.communication import LONGEST_NOTICE, Told, is_draft
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.public_posts import PublicPost, Publishing, state_of
from bot.domain.incidents.publicity import DEFINITIONS, PublicStatus
from bot.views.browser.incident import actor
from bot.views.browser.rich import Reader, anchor, plain, rich
from bot.views.incidents.public_notice import confirmations, heard, proposed, where_to
from bot.views.mrkdwn import listed, person
from bot.views.naming import own_name


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the page shows, read in one transaction. `behind` are the pages that do not say it yet."""

    incident: Incident
    told: Told
    publishing: Publishing
    posts: Sequence[PublicPost]
    behind: Sequence[str] = ()

    @property
    def people(self) -> set[str]:
        """Return everybody whom the page names."""
        told, notice = self.told, self.told.notice
        found = {*told.holders.values(), *told.confirmed.values(), *self.publishing.by}
        found |= {one.by for one in self.posts if isinstance(one.by, str)}
        return found | ({notice.written_by} if notice and isinstance(notice.written_by, str) else set())

    @property
    def edition(self) -> str:
        return self.told.notice.edition if self.told.notice else NONE

    def waits(self) -> bool:
        """Say whether it is not confirmed yet that it should be published."""
        return bool(self.told.missing) and not self.incident.publicity.noticed_at


@dataclass(frozen=True, slots=True)
class NoticeForm:
    """What stands in the form. `seen` is the edition of the text that its writer has before them,
    `once` tells one form from another, `sure` confirms what looks like a secret. What is `wrong` stands at
    its field.
    """

    once: str
    seen: str
    text: str
    components: frozenset[str]
    status: str
    why: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    sure: str = ""
    done: str = ""


def begun(scene: Scene, once: str) -> NoticeForm:
    """Return the form as it opens: with what was written already."""
    return NoticeForm(
        once,
        scene.edition,
        proposed(scene.incident, scene.told),
        frozenset(scene.publishing.affected),
        scene.incident.publicity.public_status,
    )


def shown(scene: Scene, form: NoticeForm, viewer: str, reader: Reader) -> Mapping[str, Any]:
    """Return what the template of the page is rendered with."""
    incident, told, going = scene.incident, scene.told, scene.publishing
    notice, waits = told.notice, _waits(scene, viewer, reader)
    kept = notice if notice and notice.text != form.text.replace("\r\n", "\n").strip() else None
    return {
        "title": f"INC-{incident.id}: what customers know",
        "incident": incident,
        "name": own_name(incident),
        "form": form,
        "done": rich(form.done, reader),
        "longest": LONGEST_NOTICE,
        "card": _card(scene, reader),
        "where": "" if waits and going.goes_out else rich(where_to(going), reader),
        "parts": [one.name for one in going.where.components] if going.goes_out else [],
        "previews": going.goes_out,
        "publish": _may_publish(scene, viewer),
        "waits": waits,
        "confirms": " and ".join(told.may_confirm(viewer)) if not incident.publicity.noticed_at else "",
        "statuses": [(one.value, DEFINITIONS[one], one.needs_im) for one in PublicStatus],
        "leaves": not incident.publicity.noticed_at,
        "kept": _kept(scene, reader) if kept else None,
        "behind": " and ".join(scene.behind),
        "posts": [
            (one.title, one.state.value, reader.time(one.at), actor(one.by, reader), plain(one.text))
            for one in scene.posts
        ],
    }


def _card(scene: Scene, reader: Reader) -> list[tuple[str, Markup]]:
    incident, told = scene.incident, scene.told
    found = [
        ("Public status", Markup("{}").format(incident.publicity.public_status.value)),
        ("As pages say it", Markup("{}").format(state_of(incident).value)),
        ("Customers", rich(heard(incident, told), reader)),
    ]
    if not incident.publicity.noticed_at:
        found.append(("Confirmed", rich(confirmations(told), reader)))
    if told.where.status_page:
        found.append(("Status page", anchor(told.where.status_page, "Open it")))
    return found


def _may_publish(scene: Scene, viewer: str) -> str:
    """Return the label of the button that publishes; nothing where something is missing until then."""
    going, told = scene.publishing, scene.told
    if scene.waits() or going.waits_for(viewer):
        return ""
    if told.shown and not scene.incident.status.open:
        return "Publish that it is over"
    if told.notice and scene.incident.publicity.noticed_at and not scene.incident.status.open:
        return "Publish it anew" if going.goes_out else "It is written anew"
    return "Publish" if going.goes_out else "It is published"


def _waits(scene: Scene, viewer: str, reader: Reader) -> Markup | None:
    """Say what is missing before it is published."""
    going = scene.publishing
    if scene.waits():
        missing = scene.told.missing
        confirm = "confirms" if len(missing) == 1 else "confirm"
        return rich(
            f"Before it is published, {listed(missing)} {confirm} that customers are significantly affected.",
            reader,
        )
    if going.waits_for(viewer):
        whom = " or ".join(map(person, going.by)) or "the Communications Manager, and nobody is,"
        return rich(f"{whom} publishes it. Save the draft, and it is there for them.", reader)
    return None


def _kept(scene: Scene, reader: Reader) -> tuple[str, Markup, Markup, Markup] | None:
    """Return the text that is kept, where it is another one than in the form."""
    notice = scene.told.notice
    if not notice:
        return None
    what = "The draft as it is kept" if is_draft(scene.incident, notice) else "Written last"
    return what, reader.time(notice.written_at), actor(notice.written_by, reader), plain(notice.text)
