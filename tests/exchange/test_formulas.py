"""Thirty formulas in every export: each stays a text, in the workbook and in CSV. [ASVS 1.2.10]"""

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest
from python_calamine import CalamineWorkbook

from jobdating.domain.states import BookingState, Origin
from jobdating.exchange import exporting, interviews, register
from jobdating.exchange.parsing import words
from jobdating.queries.register import Line

FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("https://evil.example","x")', "=WEBSERVICE(\"https://evil.example\")",
    "=IMPORTXML(\"https://evil.example\",\"//a\")", "=DDE(\"cmd\";\"/C calc\";\"x\")", "=SUM(A1:A9)", "=A1", "= 1", "==1",
    "=\t1", "=\"a\"&\"b\"", "{=1}"[1:], "+1+1", "+cmd|' /C calc'!A0", "+SUM(1)", "++1", "-1+1", "-2+3+cmd|' /C calc'!A0",
    "--1", "-A1", "@SUM(1+1)*cmd|' /C calc'!A0", "@A1", "@@", "\t=1+1", "\r=1+1", "\n=1+1", "\t@SUM(1)", "＝1+1", "＋1+1",
    "－1+1", "＠SUM(1)",
)  # fmt: skip
ACTS = tuple("=+-@\t\r\n＝＋－＠")


def lines() -> list[Line]:
    now = datetime(2027, 6, 17, 7, tzinfo=UTC)
    return [
        Line(
            1,
            1,
            said,
            said,
            said,
            said,
            said,
            1,
            said,
            said,
            BookingState.DONE,
            Origin.SLOT,
            now,
            now,
            now,
            now,
            now,
            "",
        )
        for said in FORMULAS
    ]


def cells_of_workbook(content: bytes) -> list[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [
        c
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for c in row
        if isinstance(c, str)
    ]


def cells_of_csv(content: bytes) -> list[str]:
    return [
        cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";") for cell in row
    ]


def exports() -> dict[str, list[str]]:
    table = [[said, 3, None] for said in FORMULAS]
    return {
        "register.xlsx": cells_of_workbook(register.workbook(lines(), timezone="Europe/Paris")),
        "register.csv": cells_of_csv(register.comma_separated(lines(), timezone="Europe/Paris")),
        "interviews.xlsx": cells_of_workbook(interviews.as_xlsx("Entretiens", ["a", "b", "c"], table)),
        "interviews.csv": cells_of_csv(interviews.as_csv(["a", "b", "c"], table)),
        "fair.xlsx": cells_of_workbook(exporting.written({"sites": [[said] * 3 for said in FORMULAS]}, notes=())),
    }


def test_no_formula_leaves_in_any_export() -> None:
    assert len(FORMULAS) >= 30
    for name, cells in exports().items():
        assert not [cell for cell in cells if cell.startswith(ACTS)], name
        kept = [cell for cell in cells if cell.startswith("'")]
        assert len(kept) >= len(FORMULAS), name


@pytest.mark.parametrize("content", [register.workbook(lines(), timezone="Europe/Paris")])
def test_workbook_holds_no_formula_and_no_link(content: bytes) -> None:

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = b"".join(parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets"))
    assert b"<f>" not in sheets and b"hyperlink" not in sheets


@pytest.mark.parametrize("said", ["=1+1", "+1", "-x", "@a", "＝1"])
def test_what_an_export_made_harmless_comes_back_as_it_was(said: str) -> None:
    assert words.prose(exporting.neutral(said), 100) == said
