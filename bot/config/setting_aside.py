"""What pages do without: an entry of it that is broken is taken out and named, and all else counts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.config.alert_rules import BrokenRule, RuleEntry
from bot.config.alerts import AlertsEntry, SourceEntry, hash_of, odd_source
from bot.config.document import Document
from bot.config.findings import problems_in
from bot.config.names import Place
from bot.config.problems import Problem
from bot.redaction import Redaction

SECTION = "alerts"
_BY_NAME = ("sources", "heartbeats")
_RULES = "rules"
_REDACT = Redaction()


def set_aside(document: Document, context: Mapping[str, Any]) -> dict[str, str]:
    """Take what is broken out of the document. Return it by name, with what is wrong with it."""
    data = document.data
    if not isinstance(data, dict) or data.get(SECTION) is None:
        return {}
    if (SECTION,) in document.repeated:
        del data[SECTION]
        return {SECTION: _said(SECTION, document.taken((SECTION,)))}
    alerts = data[SECTION]
    if not isinstance(alerts, dict):
        del data[SECTION]
        return {SECTION: _said(SECTION, _problems(AlertsEntry, alerts, document, (SECTION,), context))}
    found = _repeated(alerts, document)
    for key in list(alerts):
        entries = alerts[key]
        if key in _BY_NAME and isinstance(entries, dict):
            found |= _broken_entries(key, entries, document, context)
        elif key == _RULES and isinstance(entries, list):
            found |= _broken_rules(entries, document, context)
        elif wrong := _problems(AlertsEntry, {key: entries}, document, (SECTION,), context):
            found[f"{SECTION}.{key}"] = wrong
            del alerts[key]
    found |= _same_keys(alerts, document)
    return {name: _said(name, wrong) for name, wrong in found.items()}


def keys_of(document: Document) -> dict[str, str]:
    """Return the hashes of the keys that sources and heartbeats have, by their names in the file, as far as
    they can be read: one that stands twice is not known.
    """
    found = {}
    alerts = document.data.get(SECTION) if isinstance(document.data, dict) else None
    for kind in _BY_NAME:
        entries = alerts.get(kind) if isinstance(alerts, dict) else None
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            place = (SECTION, kind, str(name))
            doubtful = any(place[: len(one)] == one or one == (*place, "key") for one in document.repeated)
            if isinstance(entry, dict) and not doubtful and (known := hash_of(entry.get("key"))):
                found[".".join(place)] = known
    return found


def _repeated(alerts: dict[Any, Any], document: Document) -> dict[str, list[Problem]]:
    """Take out in what a key stands twice: nobody could say which of the two was meant."""
    found = {}
    for place in [one for one in document.repeated if one[0] == SECTION]:
        wrong = document.taken(_entry(place))
        if not wrong:  # it was taken with another one
            continue
        key, step = str(place[1]), place[2] if len(place) > 2 else None
        if key == _RULES and isinstance(step, int):
            alerts[key][step] = BrokenRule()
            found[f"{SECTION}.{key}[{step + 1}]"] = wrong
        elif key in _BY_NAME and step is not None:
            entries = alerts[key]
            for name in [one for one in entries if str(one) == step]:
                del entries[name]
            found[f"{SECTION}.{key}.{step}"] = wrong
        else:
            del alerts[key]
            found[f"{SECTION}.{key}"] = wrong
    return found


def _entry(place: Place) -> Place:
    """Return the place of what is set aside of `alerts` as a whole, with something in it."""
    return place[:3] if len(place) > 2 and place[1] in {*_BY_NAME, _RULES} else place[:2]


def _broken_entries(
    key: str, entries: dict[Any, Any], document: Document, context: Mapping[str, Any]
) -> dict[str, list[Problem]]:
    found = {}
    for name, written in list(entries.items()):
        wrong = _problems(AlertsEntry, {key: {name: written}}, document, (SECTION,), context)
        if key == "sources" and not wrong:
            entry = SourceEntry.model_validate(written, context=context)
            place = (SECTION, key, str(name))
            wrong = [document.problem((*place, part), text) for part, text in odd_source(entry)]
        if wrong:
            found[f"{SECTION}.{key}.{name}"] = wrong
            del entries[name]
    return found


def _broken_rules(
    rules: list[Any], document: Document, context: Mapping[str, Any]
) -> dict[str, list[Problem]]:
    """Leave a mark where a rule is broken: the others keep their numbers, which count from one."""
    found = {}
    for index, written in enumerate(list(rules)):
        if isinstance(written, BrokenRule):
            continue
        place, name = (SECTION, _RULES, index), f"{SECTION}.{_RULES}[{index + 1}]"
        counted = f"{SECTION}.{_RULES}[{index}]"
        wrong = [
            replace(one, place=name + one.place.removeprefix(counted))
            for one in _problems(RuleEntry, written, document, place, context)
        ]
        if wrong:
            found[name] = wrong
            rules[index] = BrokenRule()
    return found


def _same_keys(alerts: Mapping[str, Any], document: Document) -> dict[str, list[Problem]]:
    """Set aside what has the key of another: nobody could say which of them sends."""
    found, first = {}, dict[str, str]()
    for key in _BY_NAME:
        entries = alerts.get(key) or {}
        for name, written in list(entries.items()):
            other = first.setdefault(str(written["key"]).removeprefix("sha256:").lower(), name)
            if other != name:
                text = f"is that of `{other}` too. Make one with `muster source add`"
                found[f"{SECTION}.{key}.{name}"] = [document.problem((SECTION, key, name, "key"), text)]
                del entries[name]
    return found


def _problems(
    model: type[BaseModel], written: Any, document: Document, within: Place, context: Mapping[str, Any]
) -> list[Problem]:
    try:
        model.model_validate(written, context=dict(context))
    except ValidationError as error:
        return sorted(set(problems_in(error, document, within)))
    return []


def _said(name: str, wrong: list[Problem]) -> str:
    return f"{_REDACT(name)} is set aside; all else counts. {' '.join(one.sentence for one in wrong)}"
