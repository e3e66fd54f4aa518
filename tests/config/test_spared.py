"""Of every section that no page needs: whatever is wrong in it is set aside, and the pager starts."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import Config, ConfigInvalid, load
from bot.config.schema import File
from bot.config.spared import NEEDED
from bot.domain.process import Archive
from bot.domain.rights import Kind, Right

STAFFED = "teams: {dotcom EOC: {on_call: [ana@example.com]}}\n"
WRONG: list[Any] = [
    None,
    7,
    -1,
    "",
    "nonsense",
    [],
    [7],
    ["x y"],
    {},
    {"zzzz": 1},
    {7: 7},
    [[{}]],
    True,
    "é" * 300,
]
"""Of all kinds that YAML knows."""
OPTIONAL = sorted(set(File.model_fields) - NEEDED)


def loaded(folder: Path, text: str) -> Config:
    file = folder / "muster.yml"
    file.write_text(STAFFED + text, encoding="utf-8")
    return load(file, {})


def said_of(file: Path) -> tuple[str, ...]:
    """Return with what a file is refused, if it is."""
    try:
        load(file, {})
    except ConfigInvalid as refused:
        return tuple(refused.problems)
    return ()


def keys_of(section: str) -> list[str]:
    """Return the keys that a section has, as far as it has some of its own."""
    model = File.model_fields[section].annotation
    kinds = [model, *getattr(model, "__args__", ())]
    return [key for kind in kinds for key in getattr(kind, "model_fields", {})]


@pytest.mark.parametrize("section", OPTIONAL)
def test_no_value_of_it_or_of_a_key_in_it_keeps_the_pager_from_starting(tmp_path: Path, section: str) -> None:
    keys = keys_of(section)
    written = [{section: value} for value in WRONG]
    written += [{section: {key: value}} for key in keys for value in WRONG]

    for one in written:
        config = loaded(tmp_path, yaml.safe_dump(one, allow_unicode=True))

        assert config.process.teams["dotcom EOC"].on_call == ("ana@example.com",), one
        assert set(config.process.set_aside.values()) <= set(config.warnings)
        assert all(name.partition(".")[0].partition("[")[0] == section for name in config.process.set_aside)


def test_all_else_of_a_section_counts(tmp_path: Path) -> None:
    process = loaded(
        tmp_path,
        "silence: {after: 4m, severities: [S1]}\nadmins: [ana@example.com, x y, bo@example.com, 7]\n",
    ).process

    assert sorted(process.set_aside) == ["admins[1]", "admins[3]", "silence.after"]
    assert process.silence.severities == ("S1",)
    assert process.admins == ("ana@example.com", "bo@example.com")


@pytest.mark.parametrize("written", ["{single_channel: none}", "{single_chanel: []}", "none"])
def test_a_guest_whose_rights_cannot_be_read_may_only_acknowledge(tmp_path: Path, written: str) -> None:
    process = loaded(tmp_path, f"guests: {written}").process

    assert process.may(Kind.SINGLE) == {Right.ACKNOWLEDGE}
    assert len(process.set_aside) == 1


@pytest.mark.parametrize("written", ["{after: 90}", "{afer: 90d}", "30"])
def test_nothing_is_archived_by_a_number_that_cannot_be_read(tmp_path: Path, written: str) -> None:
    assert loaded(tmp_path, f"archive: {written}").process.archive == Archive(None, None)


def test_what_depends_on_something_that_is_set_aside_is_set_aside_too(tmp_path: Path) -> None:
    process = loaded(tmp_path, "fields: {Cause: {kind: colour}}\ninsights: {cause: Cause}\n").process

    assert sorted(process.set_aside) == ["fields.Cause", "insights.cause"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("nudges: {summary: 5m, summary: 6m}", "nudges.summary"),
        ("limits: {}\nlimits: {}", "limits"),
        ("insigths: {channel: a}", "insigths"),
        ("web_hooks: {a: {}}", "web_hooks"),
        ("fields: {a: {kind: text}, A: {kind: text}}", "fields.A"),
    ],
)
def test_a_key_that_stands_twice_or_is_misspelled_is_set_aside(
    tmp_path: Path, written: str, name: str
) -> None:
    assert list(loaded(tmp_path, written).process.set_aside) == [name]


@pytest.mark.parametrize("written", ["schedule: {}", "team: {}", "colour: red", "people: 7", "types: {x: 7}"])
def test_whom_a_page_reaches_is_never_guessed(tmp_path: Path, written: str) -> None:
    with pytest.raises(ConfigInvalid):
        loaded(tmp_path, written)


@pytest.mark.parametrize("section", sorted(NEEDED))
def test_what_is_wrong_with_what_pages_need_is_said_and_never_a_crash(tmp_path: Path, section: str) -> None:
    entry: Any = File.model_fields[section].annotation
    inner = getattr(getattr(entry, "__args__", (None, None))[1], "__args__", (None,))[0]
    keys = [*getattr(inner, "model_fields", {}), *getattr(entry.__args__[1], "model_fields", {})]
    values = [{section: value} for value in WRONG]
    values += [{section: {name: value}} for name in ("dotcom EOC", "ana@example.com") for value in WRONG]
    values += [{section: {"dotcom EOC": {key: value}}} for key in keys for value in WRONG]

    for one in values:
        (tmp_path / "muster.yml").write_text(yaml.safe_dump(one, allow_unicode=True), encoding="utf-8")
        assert all("muster.yml:" in said for said in said_of(tmp_path / "muster.yml")), one


def test_beside_what_has_to_be_mended_it_is_named_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid) as refused:
        loaded(tmp_path, "colour: red\nsilence: {after: 4m}\n")

    assert [one.split(": ")[1] for one in refused.value.problems] == ["colour", "silence.after"]
