"""Opens a workbook or CSV files and hands out plain rows. Understands nothing of what they say.

A workbook is opened by a child process with little memory and little time, so that a file made to hurt (a zip that
swells, a cell at the far end of a sheet) ends the child and not the server.
"""

import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jobdating.exchange.opening import MAX_COLUMNS, MAX_ROWS
from jobdating.exchange.parsing.words import Value

MAX_FILE = 8_000_000  # bytes of one file as it comes
MAX_UNPACKED = 120_000_000  # bytes a workbook says it unpacks to
MAX_FILES = 20
SECONDS = 20


class Unreadable(Exception):
    """The file is refused as a whole; `code` names why and `params` fill the sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet or file, as they stand: row 1 is the first."""

    name: str
    rows: tuple[tuple[Value, ...], ...]


def read_path(path: Path) -> list[Sheet]:
    """The sheets of a workbook, or of a folder of CSV files. Raises Unreadable."""
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv")
        if not files:
            raise Unreadable("no_csv")
        for file in files:
            if file.stat().st_size > MAX_FILE:
                raise Unreadable("file_size", limit=MAX_FILE // 1_000_000, name=file.name)
        return read({file.name: file.read_bytes() for file in files})
    if not path.is_file():
        raise Unreadable("missing", name=path.name)
    if path.stat().st_size > MAX_FILE:
        raise Unreadable("file_size", limit=MAX_FILE // 1_000_000, name=path.name)
    return read({path.name: path.read_bytes()})


def read(files: Mapping[str, bytes]) -> list[Sheet]:
    """The sheets of one workbook, or of several CSV files, from their bytes. Raises Unreadable."""
    if not files:
        raise Unreadable("nothing")
    if len(files) > MAX_FILES:
        raise Unreadable("many_files", limit=MAX_FILES)
    sheets: list[Sheet] = []
    for name, content in files.items():
        if len(content) > MAX_FILE:
            raise Unreadable("file_size", limit=MAX_FILE // 1_000_000, name=name)
        suffix = Path(name).suffix.lower()
        if suffix == ".csv":
            sheets.append(_csv(name, content))
        elif suffix in {".xlsx", ".ods"}:
            sheets += _workbook(name, content)
        else:
            raise Unreadable("file_kind", name=name)
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable("empty")
    return sheets


def _csv(name: str, content: bytes) -> Sheet:
    """UTF-8 where it is that, else Windows-1252; the separator is the one the first line has most of."""
    if b"\0" in content:
        raise Unreadable("not_text", name=name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise Unreadable("not_text", name=name) from None
    first, _, rest = text.partition("\n")
    if first.strip().lower() in {"sep=;", "sep=,"}:  # a spreadsheet's own note to itself: a blank row keeps the numbers
        first, text = rest.partition("\n")[0], "\n" + rest
    separator = max(";,\t", key=first.count)
    rows: list[tuple[Value, ...]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(tuple(row))
            _within(len(rows), len(row), name)
    except csv.Error as error:
        raise Unreadable("broken", name=name) from error
    return Sheet(Path(name).stem, tuple(rows))


def _within(rows: int, columns: int, name: str) -> None:
    if rows > MAX_ROWS:
        raise Unreadable("rows", limit=MAX_ROWS, name=name)
    if columns > MAX_COLUMNS:
        raise Unreadable("columns", limit=MAX_COLUMNS, name=name)


def _workbook(name: str, content: bytes) -> list[Sheet]:
    _check_archive(name, content)
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-m", "jobdating.exchange.opening"],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("heavy", name=name) from None
    if child.returncode != 0:
        raise Unreadable("broken" if b"CalamineError" in child.stderr else "heavy", name=name)
    answer = json.loads(child.stdout)
    if "refused" in answer:
        raise Unreadable(answer["refused"], name=name, **answer["params"])
    return [Sheet(sheet["name"], tuple(tuple(map(_value, row)) for row in sheet["rows"])) for sheet in answer["sheets"]]


def _check_archive(name: str, content: bytes) -> None:
    """A cheap look at what the archive says of itself, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries: Sequence[zipfile.ZipInfo] = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable("broken", name=name) from error
    if len(entries) > 2_000 or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unreadable("heavy", name=name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("locked", name=name)


def _value(cell: object) -> Value:
    if isinstance(cell, dict):
        if "day" in cell:
            return date.fromisoformat(cell["day"])
        return datetime.fromisoformat(cell["moment"])
    assert cell is None or isinstance(cell, str | int | float | bool)
    return cell
