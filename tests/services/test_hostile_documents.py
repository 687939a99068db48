"""Forty files that are no CV, or something else as well: none is kept. [ASVS 5.2.2]"""

import io
import zipfile

import pytest
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import Invalid
from jobdating.domain.policy import Actor
from jobdating.services import documents
from tests import factories as make

PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HTML = b"<!doctype html><script>alert(1)</script>"


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("cv.exe", b"MZ" * 100)
    return file.getvalue()


# What other kinds of file begin with.
BEGINNINGS = {
    "exe": b"MZ\x90\x00", "elf": b"\x7fELF\x02\x01", "macho": b"\xcf\xfa\xed\xfe", "class": b"\xca\xfe\xba\xbe",
    "png": b"\x89PNG\r\n\x1a\n", "gif": b"GIF89a", "jpeg": b"\xff\xd8\xff\xe0", "webp": b"RIFF\x00\x00\x00\x00WEBP",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>", "html": HTML, "xml": b"<?xml version='1.0'?>",
    "zip": archive(), "gzip": b"\x1f\x8b\x08", "rar": b"Rar!\x1a\x07", "7z": b"7z\xbc\xaf\x27\x1c", "xz": b"\xfd7zXZ\x00",
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "rtf": b"{\\rtf1", "postscript": b"%!PS-Adobe-3.0\n", "sh": b"#!/bin/sh\n",
    "php": b"<?php system('id'); ?>", "js": b"alert(1)//", "wasm": b"\x00asm", "mail": b"MIME-Version: 1.0\n",
}  # fmt: skip
# The same in front of a whole PDF: each of two readers sees what it looks for.
POLYGLOTS = {f"{kind}, then a PDF": start + b"\n" + PDF for kind, start in BEGINNINGS.items()}
OTHERS = {
    "empty": b"",
    "spaces": b" " * 1_000,
    "only a name": b"cv.pdf",
    "cut off": PDF[:-6],
    "end only": b"%%EOF",
    "no version": b"%PDF-\n%%EOF",
    "odd version": b"%PDF-9.9\n%%EOF",
    "small letters": b"%pdf-1.7\n%%eof",
    "far from the beginning": b" " * 1_025 + PDF,
    "a zip behind": PDF + archive(),
    "a page behind": PDF + HTML,
    "a program behind": PDF + b"MZ\x90\x00" * 10,
    "in UTF-16": PDF.decode().encode("utf-16"),
    "too large": PDF + b"\n" * documents.MAX_SIZE,
    "an end hidden in the middle": b"%PDF-1.7\n%%EOF" + b"x" * 5_000,
}
HOSTILE = BEGINNINGS | POLYGLOTS | OTHERS


def candidate(tx: Connection) -> tuple[Actor, int]:
    fair = make.make_fair(tx)
    ines = make.make_candidate(tx, fair)
    return ines, ines.candidates[fair]


async def test_no_hostile_file_is_kept(db: Database) -> None:
    ines, me = await db.write(candidate)
    assert len(HOSTILE) >= 40
    for content in HOSTILE.values():
        document = documents.Document("cv.pdf", content)
        with pytest.raises(Invalid):
            await db.write(documents.keep, ines, candidate_id=me, document=document, now=make.BEFORE)
    assert await db.read(lambda tx: tx.execute(select(func.count()).select_from(t.documents)).scalar()) == 0


@pytest.mark.parametrize(
    "content", [PDF, PDF.rstrip(), b"\xef\xbb\xbf" + PDF, b"\r\n" + PDF, PDF + b"\r\n\0\0", PDF + PDF]
)
async def test_what_honest_programs_write_is_kept(db: Database, content: bytes) -> None:
    ines, me = await db.write(candidate)
    given = documents.Document("cv.pdf", content)
    await db.write(documents.keep, ines, candidate_id=me, document=given, now=make.BEFORE)
    assert (await db.write(documents.read, ines, candidate_id=me, now=make.BEFORE)).content == content


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a\r\nSet-Cookie: x=1.pdf", 'cv".html', "cv.pdf.exe", "\u202efdp.exe", "C:\\cv.bat", ""],
)
async def test_name_of_a_file_is_only_a_name(db: Database, name: str) -> None:
    ines, me = await db.write(candidate)
    await db.write(documents.keep, ines, candidate_id=me, document=documents.Document(name, PDF), now=make.BEFORE)
    kept = (await db.write(documents.read, ines, candidate_id=me, now=make.BEFORE)).filename
    assert kept.endswith(".pdf") and not set(kept) & set('/\\"\r\n:\u202e')
