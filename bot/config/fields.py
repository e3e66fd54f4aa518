"""Custom fields in `muster.yml`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from bot.config.handbook import FIELDS, OWN_KIND
from bot.config.names import Place
from bot.config.values import STRICT, KnownType, Name, wrong
from bot.domain.incidents.fields import FieldKind, FieldType, Required, letters

CHOSEN = (FieldKind.CHOICE, FieldKind.CHOICES)


def _choice(raw: str) -> str:
    if "," in raw or not letters(raw):
        raise wrong("a choice with letters and without commas")
    return raw


Choice = Annotated[Name, AfterValidator(_choice)]


class FieldEntry(BaseModel):
    """What is written about a custom field."""

    model_config = STRICT
    kind: Literal["text", "number", "choice", "several choices", "yes or no", "person", "link", "date"] = (
        Field(default="text", description=f"one of {', '.join(FieldKind)}")
    )
    choices: list[Choice] = Field(
        default=[],
        min_length=1,
        max_length=100,
        description="a list of 1 to 100 choices without commas, such as [api, web]",
    )
    required: Literal["declare", "resolve", "never"] = Field(
        default="never", description=f"one of {', '.join(Required)}"
    )
    types: list[KnownType] = Field(
        default=[], min_length=1, description="a list of types of incident, such as [GitLab.com]"
    )
    severities: list[Literal["S1", "S2", "S3", "S4"]] = Field(
        default=[], min_length=1, description="a list of severities, such as [S1, S2]"
    )


def odd_fields(written: Mapping[str, FieldEntry | None]) -> Iterator[tuple[Place, str]]:
    """Yield the fields that hold something else than rules look for, or a choice of nothing."""
    for name, entry in written.items():
        keys = entry.model_fields_set if entry else set()
        if name in OWN_KIND and keys & {"kind", "choices"}:
            yield ("fields", name), "holds what rules look at: leave `kind` and `choices` out"
        elif entry and (entry.kind in CHOSEN) is not bool(entry.choices):
            need = "needs `choices`" if entry.kind in CHOSEN else f"is `{entry.kind}` and takes no `choices`"
            yield ("fields", name), f"{need}; `choices` go with a `kind` of {' or '.join(CHOSEN)}"


def fields_of(written: Mapping[str, FieldEntry | None]) -> Iterator[tuple[str, FieldType]]:
    """Yield the custom fields: the handbook's that are not removed, then the file's own."""
    for name in dict.fromkeys([*FIELDS, *written]):
        entry = written.get(name, FieldEntry())
        if entry is None:
            continue
        field = FIELDS.get(name, FieldType(name))
        kind = FieldKind(entry.kind) if "kind" in entry.model_fields_set else field.kind
        yield (
            name,
            replace(
                field,
                kind=kind,
                choices=tuple(entry.choices) or field.choices,
                required=Required(entry.required),
                types=tuple(entry.types),
                severities=tuple(entry.severities),
            ),
        )
