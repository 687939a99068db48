"""Packs the files of an upload into one and takes them out again."""

import io
import zipfile
from collections.abc import Mapping


def pack(files: Mapping[str, bytes]) -> bytes:
    """One archive of the files, compressed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The files as they were packed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}
