"""From an export's file to the text of a `muster.yml`."""

import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from bot.config import Config, load
from bot.config.problems import ConfigInvalid
from bot.imports import goalert, ical, oncall, opsgenie, pagerduty
from bot.imports.draft import Draft
from bot.imports.events import CALENDAR_BEGINS
from bot.imports.exports import answers, items_of, text_of

PRODUCTS: Mapping[str, ModuleType] = {
    "pagerduty": pagerduty,
    "opsgenie": opsgenie,
    "oncall": oncall,
    "goalert": goalert,
}
CALENDAR = "ical"
_WIDE = 110


def converted(product: str, path: Path, zone: str, now: datetime) -> tuple[str, list[str]]:
    """Return a configuration and what is not in it. Raises ConfigInvalid for a file that gives none."""
    draft = Draft(now)
    if product == CALENDAR:
        _refuse_json(path)
        ical.take(draft, path, zone)
    else:
        PRODUCTS[product].take(draft, _items(product, path))
    draft.finish()
    if not draft.schedules and not draft.teams:
        raise ConfigInvalid([f"{path}: nothing in it can be carried over.", *draft.left])
    text = _text(ical.NAME if product == CALENDAR else PRODUCTS[product].NAME, draft)
    try:
        read_back(text)
    except ConfigInvalid as error:  # there may be more in an export than a configuration holds
        raise ConfigInvalid([*error.problems, "Export less at once: some of the schedules."]) from None
    return text, draft.left


def _items(product: str, path: Path) -> dict[str, list[Any]]:
    if text_of(path).lstrip().startswith(CALENDAR_BEGINS):
        raise ConfigInvalid([f"{path}: is a calendar. Run: muster import {CALENDAR} {path}"])
    values = answers(path)
    found: dict[str, list[Any]] = defaultdict(list)
    for kind, item in items_of(values, PRODUCTS[product].kind_of):
        found[kind].append(item)
    if any(kind != "user" for kind in found):
        return found
    _refuse_other(path, values)
    raise ConfigInvalid(
        [f"{path}: holds no schedule and no escalation of {PRODUCTS[product].NAME}. See docs/migrating.md."]
    )


def _refuse_json(path: Path) -> None:
    """Refuse the export of a product where a calendar is expected, and name the product."""
    if text_of(path).lstrip()[0] in "[{":
        _refuse_other(path, answers(path))


def _refuse_other(path: Path, values: list[Any]) -> None:
    for name, other in PRODUCTS.items():
        if any(kind != "user" for kind, _ in items_of(values, other.kind_of)):
            raise ConfigInvalid([f"{path}: is an export of {other.NAME}. Run: muster import {name} {path}"])


class _Dumper(yaml.SafeDumper):
    """Writes what fits on a line on one, and dates and times as the configuration reads them: as text."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        tag = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call] # of PyYAML
        plain = tag in {f"tag:yaml.org,2002:{name}" for name in ("timestamp", "int")}
        return self.DEFAULT_SCALAR_TAG if plain and re.search(r"\d[:-]\d", value) else tag

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def represent_list(self, data: Any) -> yaml.SequenceNode:
        inside = any(isinstance(one, dict) for one in data)
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=not inside)

    def represent_dict(self, data: Any) -> yaml.MappingNode:
        inside = len(data) > 2 or any(isinstance(one, dict | list) for one in data.values())
        return self.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=not inside)


_Dumper.add_representer(list, _Dumper.represent_list)
_Dumper.add_representer(dict, _Dumper.represent_dict)


def _text(product: str, draft: Draft) -> str:
    data = {"teams": draft.teams, "schedules": draft.schedules, "people": draft.people}
    parts = [
        yaml.dump({key: value}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDE)
        for key, value in data.items()
        if value
    ]
    head = (
        f"# Imported from {product}. Put it into your muster.yml, or begin with it, and run: muster check\n"
        "# An incident pages the teams that its type names (docs/configuration.md), such as dotcom EOC:\n"
        "# give them a schedule by `on_call`, or name your own teams under `types`.\n"
    )
    return head + "\n".join(parts)


def read_back(text: str) -> Config:
    """Return what a configuration that is not written yet says. Raises ConfigInvalid."""
    with tempfile.TemporaryDirectory(prefix="muster-") as folder:
        path = Path(folder) / "muster.yml"
        path.write_text(text, encoding="utf-8")
        try:
            return load(path, {})
        except ConfigInvalid as error:
            raise ConfigInvalid(one.replace(str(path), "the result") for one in error.problems) from None
