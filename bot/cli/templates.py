"""The template of reviews that the configuration names: read and tried at the start.

One that does not work is set aside, and one of ours is used: nothing of it keeps the pager from starting.
"""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

from bot.config import Config

ENTRY = "reviews.template"
LARGEST = 400_000
"""Bytes: as many as the characters of the longest template can have."""


def with_template(config: Config) -> Config:
    """Return the configuration with the text of its template in the place of its path, or set aside."""
    rules = config.process.reviews
    if not rules.template:
        return config
    text, wrong = _tried(Path(rules.template))
    if not wrong:
        return replace(config, process=replace(config.process, reviews=replace(rules, template=text)))
    said = f"{ENTRY}: {rules.template} cannot be used: {wrong}. Reviews are written by GitLab's until then."
    aside = {**config.process.set_aside, ENTRY: said}
    process = replace(config.process, reviews=replace(rules, template=""), set_aside=aside)
    return replace(config, process=process, warnings=(*config.warnings, said))


def _tried(path: Path) -> tuple[str, str]:
    """Return the text of a template, and what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            return "", "it is longer than 100,000 characters"
        text = path.read_text("utf-8")
    except OSError as error:
        return "", f"it cannot be read ({error.strerror or error})"
    except ValueError:
        return "", "it is no text in UTF-8"
    return text, _problem(text)


def _problem(text: str) -> str:
    """Say what is wrong with a template. What renders one is loaded only where there is one to try."""
    rendering, samples = (import_module(f"bot.views.reviews.{one}") for one in ("rendering", "samples"))
    return str(rendering.problem(text, samples.SAMPLES))
