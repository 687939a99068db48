"""Files made to hurt: each is refused in words, quickly, and without filling the memory of the server."""

import io
import resource
import time
import zipfile
from pathlib import Path

import pytest

from jobdating.exchange import opening, reading
from jobdating.exchange.reading import Unreadable, read, read_path
from tests.exchange import workbooks as books

QUICK = 30.0  # seconds; a machine that does other things still makes it
MODEST = 150_000  # kB that the process may grow by

PARTS = {
    "[Content_Types].xml": (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.sheet.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="Stands" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
}
SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData></worksheet>"
)


def workbook(rows: str, **parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(rows))
        for name, blob in parts.items():
            archive.writestr(name, blob)
    return target.getvalue()


def lying(content: bytes) -> bytes:
    """The same archive with a directory that says every part is ten bytes long."""
    out = bytearray(content)
    at = 0
    while (at := out.find(b"PK\x01\x02", at)) >= 0:
        out[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at += 4
    return bytes(out)


def far_cell() -> bytes:
    """Two cells at opposite ends of a sheet: 17 thousand million between them."""
    return workbook('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def many_rows() -> bytes:
    return workbook("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_000_001)))


def swelling() -> bytes:
    """200 MB of one letter in a few hundred kB."""
    return workbook('<row r="1"><c r="A1"><v>1</v></c></row>', **{"xl/media/a.bin": b"a" * 200_000_000})


def huge_text() -> bytes:
    """One cell of 90 MB of text, within what an archive may say it unpacks to."""
    return workbook(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"a" * 90_000_000}</t></is></c></row>')


def entities() -> bytes:
    """Entities that stand for a thousand million letters."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{levels}]>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row>'
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(cell).replace('<?xml version="1.0"?>', bomb))
    return target.getvalue()


@pytest.mark.parametrize(
    "make", [far_cell, many_rows, swelling, lambda: lying(swelling()), lambda: lying(far_cell())],
    ids=["far cell", "a million rows", "swelling", "swelling and lying", "far and lying"],
)  # fmt: skip
def test_a_workbook_made_to_hurt_is_refused_in_bounds(make: object) -> None:
    content = make()  # type: ignore[operator]
    before, started = _memory(), time.monotonic()
    with pytest.raises(Unreadable):
        read({"essai.xlsx": content})
    assert time.monotonic() - started < QUICK
    assert _memory() - before < MODEST


@pytest.mark.parametrize("make", [huge_text, entities])
def test_a_cell_too_large_is_cut_or_refused_in_bounds(make: object) -> None:
    content = make()  # type: ignore[operator]
    before, started = _memory(), time.monotonic()
    try:
        sheets = read({"essai.xlsx": content})
    except Unreadable:
        sheets = []
    assert time.monotonic() - started < QUICK
    assert _memory() - before < MODEST
    cells = [str(cell) for sheet in sheets for row in sheet.rows for cell in row]
    assert all(len(cell) <= opening.MAX_CELL + 1 for cell in cells)


def test_a_sheet_of_repeated_rows_is_refused_in_bounds() -> None:
    content = books.as_ods({"Stands": [["Entreprise"], ["a"]]})
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            text = source.read(entry)
            if entry.filename == "content.xml":
                text = text.replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="900000000">')
                text = text.replace(b"<table:table-cell", b'<table:table-cell table:number-columns-repeated="16000"')
            archive.writestr(entry.filename, text)
    before, started = _memory(), time.monotonic()
    with pytest.raises(Unreadable):
        read({"essai.ods": target.getvalue()})
    assert time.monotonic() - started < QUICK
    assert _memory() - before < MODEST


def test_too_many_rows_of_text_are_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        read({"candidats.csv": b"Nom;E-mail\r\n" + b"a;b\r\n" * 30_000})
    assert refused.value.code == "rows"


def test_a_file_too_large_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "grand.csv"
    path.write_bytes(b"a" * (reading.MAX_FILE + 1))
    for given in (path, tmp_path):
        with pytest.raises(Unreadable) as refused:
            read_path(given)
        assert refused.value.code == "file_size"


def test_what_is_no_spreadsheet_is_refused(tmp_path: Path) -> None:
    codes = {}
    for name, content in {
        "a.pdf": b"%PDF",
        "a.xlsx": b"PK\x03\x04 not",
        "b.xlsx": b"",
        "a.csv": b"\0",
        "b.csv": b"",
    }.items():
        with pytest.raises(Unreadable) as refused:
            read({name: content})
        codes[name] = refused.value.code
    assert codes == {
        "a.pdf": "file_kind",
        "a.xlsx": "broken",
        "b.xlsx": "broken",
        "a.csv": "not_text",
        "b.csv": "empty",
    }
    with pytest.raises(Unreadable) as refused:
        read_path(tmp_path)
    assert refused.value.code == "no_csv"
    with pytest.raises(Unreadable) as refused:
        read_path(tmp_path / "absent.xlsx")
    assert refused.value.code == "missing"


def test_a_quote_that_never_ends_is_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        read({"candidats.csv": b'Nom;E-mail\r\n"' + b"a" * 200_000})
    assert refused.value.code == "broken"


def test_an_honest_formula_gives_its_value() -> None:
    rows = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>A1</f></c></row>'
    (sheet,) = read({"a.xlsx": workbook(rows)})
    assert sheet.rows[0][0] == 2


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
