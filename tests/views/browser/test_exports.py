"""Lists as files: a spreadsheet calculates nothing that people wrote."""

import csv
import io
import json

import pytest

from bot.domain.incidents.incident import Summary
from bot.views.browser.exports import COLUMNS, cell, csv_head, csv_rows, json_rows
from tests.values import an_incident


@pytest.mark.parametrize(
    "formula",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =cmd|'/C calc'!A0", "\uff1d1"),
        *("\tx", "\u00a0=1", "\u3000+1", "\ufeff=1", " \u200b@SUM(A1)", "\u00a0\uff1d1"),
    ],
)
def test_what_a_spreadsheet_would_calculate_is_text(formula: str):
    assert cell(formula) == f"'{formula}"


def test_other_text_stays_as_it_is():
    assert cell("Disk full, 3-4 hosts") == "Disk full, 3-4 hosts"


def test_csv_reads_back_with_quotes_and_lines():
    one = an_incident(name='=HYPERLINK("http://x")', summary=Summary('a "b",\nc'))

    read = list(
        csv.DictReader(io.StringIO(csv_head().removeprefix("\ufeff") + csv_rows([one], {"ULEAD": "-Ann"})))
    )

    assert tuple(read[0]) == COLUMNS
    assert read[0]["name"] == '\'=HYPERLINK("http://x")'
    assert read[0]["lead"] == "'-Ann"
    assert read[0]["summary"] == 'a "b",\nc'


def test_json_has_the_same_values_unchanged():
    one = an_incident(name="=1+1")

    read, again = json.loads(f"[{json_rows([one], {}, first=True)}{json_rows([one], {}, first=False)}]")

    assert set(read) == set(COLUMNS)
    assert read == again
    assert read["name"] == "=1+1"
    assert read["declared_at"].endswith("Z")
