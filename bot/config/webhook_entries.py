"""The webhooks of `muster.yml`: no page needs them, so a wrong one is set aside and the bot starts."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from bot.config.document import Document
from bot.config.findings import problems_in
from bot.config.schema import File
from bot.config.webhooks import WebhookSettings, named_in, settings_of


def webhooks_of(
    document: Document, environ: Mapping[str, str], *, sends: bool
) -> tuple[tuple[WebhookSettings, ...], dict[str, str]]:
    """Take the webhooks out of the document; return them, and by name what is wrong with those left out."""
    section = document.data.pop("webhooks", None) if isinstance(document.data, dict) else None
    if section is None:
        return (), {}
    if ("webhooks",) in document.repeated:
        wrong = [problem.sentence for problem in document.taken(("webhooks",))]
        return (), {"webhooks": " ".join([*wrong, "No event is sent."])}
    if not isinstance(section, dict):
        wrong = _wrong(document, section, {})
        return (), {"webhooks": " ".join([*wrong, "No event is sent."])}
    found, aside = list[WebhookSettings](), dict[str, str]()
    for name, entry in section.items():
        files, wrong = named_in(entry, environ) if sends else ({}, [])
        context = {"environ": {**environ, **files} if sends else None}
        twice = [problem.sentence for problem in document.taken(("webhooks", str(name)))]
        wrong = wrong or twice or _wrong(document, {name: entry}, context)
        if wrong:
            aside[f"webhooks.{name}"] = " ".join([*wrong, "No event is sent to it."])
            continue
        read = File.model_validate({"webhooks": {name: entry}}, context=context).webhooks[name]
        found.append(settings_of(name, read))
    return tuple(found), aside


def _wrong(document: Document, section: Any, context: Mapping[str, Any]) -> list[str]:
    try:
        File.model_validate({"webhooks": section}, context=dict(context))
    except ValidationError as error:
        return [problem.sentence for problem in problems_in(error, document)]
    return []
