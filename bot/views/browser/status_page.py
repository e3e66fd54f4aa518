"""The page of all that customers read and are to read, from values of the domain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from bot.domain.editions import NONE
from bot.domain.incidents.communication import LONGEST_NOTICE
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.public_page import Contents, Notice
from bot.domain.incidents.publicity import PublicNotice
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.maintenance.told import PublicMaintenance
from bot.domain.process import Communication
from bot.views.browser.incident import actor
from bot.views.browser.rich import Reader, anchor, plain
from bot.views.naming import own_name
from bot.views.statuspage.files import overall

MOST_BEFORE = 20


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the page shows, read in one transaction: of incidents nothing that its reader may not know.

    `known` are the incidents that it may name, by number; `unwritten` those in which nobody wrote anything.
    """

    where: Communication
    page: Contents
    known: Mapping[int, Incident]
    drafts: Sequence[tuple[Incident, PublicNotice]]
    unwritten: Sequence[Incident]
    maintenances: Sequence[tuple[Maintenance, PublicMaintenance | None]]
    subscribers: int = 0

    @property
    def people(self) -> set[str]:
        found = {one.written_by for _, one in self.drafts if isinstance(one.written_by, str)}
        found |= {one.owner for one, _ in self.maintenances}
        return found | {
            said.written_by for _, said in self.maintenances if said and isinstance(said.written_by, str)
        }


def shown(found: Overview, reader: Reader) -> Mapping[str, Any]:
    """Return what the template of the page is rendered with."""
    where, page = found.where, found.page
    over = [one for one in page.notices if not one.open]
    return {
        "title": "Status page",
        "publishes": where.publishes,
        "subscribers": found.subscribers if where.mails else None,
        "overall": overall(page),
        "address": anchor(where.status_page, "As customers read it") if where.status_page else None,
        "parts": [
            (
                name,
                "Under maintenance"
                if status.value == "Operational" and name in page.maintained
                else status.value,
            )
            for name, status in page.components
        ],
        "now": [_notice(one, found, reader) for one in page.open],
        "before": [_notice(one, found, reader) for one in over[:MOST_BEFORE]],
        "more_before": max(0, len(over) - MOST_BEFORE),
        "drafts": [
            (
                one,
                own_name(one),
                reader.time(notice.written_at),
                actor(notice.written_by, reader),
                plain(notice.text),
            )
            for one, notice in found.drafts
        ],
        "unwritten": [(one, own_name(one), one.publicity.public_status.value) for one in found.unwritten],
        "maintenances": [_maintenance(one, said, reader) for one, said in found.maintenances],
    }


def _notice(one: Notice, found: Overview, reader: Reader) -> Mapping[str, Any]:
    """Return a notice as customers read it, with its incident where the reader may know of it."""
    incident = found.known.get(one.last.incident)
    return {
        "title": one.title,
        "state": one.last.state.value,
        "parts": ", ".join(one.components),
        "began": reader.time(one.began_at),
        "at": reader.time(one.last.at),
        "text": plain(one.last.text),
        "incident": incident,
        "name": own_name(incident) if incident else "",
    }


def _maintenance(one: Maintenance, said: PublicMaintenance | None, reader: Reader) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "running": one.running,
        "owner": reader.name(one.owner),
        "times": Markup("{} to {}").format(reader.time(one.starts_at), reader.time(one.ends_at)),
        "text": plain(said.text) if said else None,
    }


@dataclass(frozen=True, slots=True)
class MaintenanceForm:
    """What stands in the form that tells customers of a maintenance; see `NoticeForm`."""

    once: str
    seen: str
    text: str
    wrong: str = ""
    sure: str = ""


@dataclass(frozen=True, slots=True)
class MaintenanceScene:
    """A maintenance, what customers are told of it so far, and the names of its people."""

    one: Maintenance
    said: PublicMaintenance | None
    where: Communication
    names: Mapping[str, str]

    @property
    def edition(self) -> str:
        return self.said.edition if self.said else NONE


def begun(scene: MaintenanceScene, once: str) -> MaintenanceForm:
    return MaintenanceForm(once, scene.edition, scene.said.text if scene.said else "")


def again(
    form: MaintenanceForm, scene: MaintenanceScene, once: str, wrong: str, sure: str
) -> MaintenanceForm:
    """Return the form with what was entered, and why it was not taken."""
    return replace(form, once=once, seen=scene.edition, wrong=wrong, sure=sure)


def maintenance_shown(scene: MaintenanceScene, form: MaintenanceForm, reader: Reader) -> Mapping[str, Any]:
    """Return what the template of the form is rendered with."""
    one, said = scene.one, scene.said
    kept = said if said and said.text != form.text.replace("\r\n", "\n").strip() else None
    return {
        "title": f"MNT-{one.id}: what customers know",
        "one": _maintenance(one, said, reader),
        "form": form,
        "longest": LONGEST_NOTICE,
        "written": bool(said),
        "kept": (reader.time(kept.written_at), actor(kept.written_by, reader), plain(kept.text))
        if kept
        else None,
    }
