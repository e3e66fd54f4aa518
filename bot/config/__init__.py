"""What the operator decides: complete, or refused with every problem named at once."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bot.config.document import Document, read
from bot.config.environment import Secrets, withhold_from_libraries
from bot.config.findings import problems_in
from bot.config.names import Names, odd_names
from bot.config.problems import ConfigInvalid
from bot.config.process import process_of, unpaged_types
from bot.config.schema import File
from bot.config.staffing import gaps
from bot.domain.process import Process

__all__ = ["Config", "ConfigInvalid", "Secrets", "load", "withhold_from_libraries"]


@dataclass(frozen=True, slots=True)
class Config:
    """The organisation's process, and what is odd about it.

    With anything in `fatal` a page would reach nobody, so the bot must not start.
    """

    process: Process
    warnings: tuple[str, ...] = ()
    fatal: tuple[str, ...] = ()


def load(path: Path | None) -> Config:
    """Return the configuration in `path`, or the handbook's own process; raise ConfigInvalid."""
    document = read(path) if path else Document.empty()
    process = process_of(_validated(document), Names.of(document.data))
    fatal, warnings = gaps(process)
    return Config(process, warnings, fatal)


def _validated(document: Document) -> File:
    names = Names.of(document.data)
    problems = [*document.problems, *(document.problem(*odd) for odd in odd_names(document.data))]
    try:
        file = File.model_validate(document.data, context={"teams": names.teams})
        problems += [document.problem(*odd) for odd in unpaged_types(file, names)]
    except ValidationError as error:
        problems += problems_in(error, document)
    if problems:
        raise ConfigInvalid(problem.sentence for problem in sorted(problems))
    return file
