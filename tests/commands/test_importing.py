"""The commands `import` and `export`: one fact a line, exit status 2 and nothing imported when refused."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exchange import workbooks as books


def run(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "jobdating", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "essai.xlsx"
    path.write_bytes(books.as_xlsx(books.fair()))
    return path


def test_a_broken_file_is_reported_line_by_line_with_status_2(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "essai.xlsx"
    path.write_bytes(books.as_xlsx(books.broken()))
    status, said = run("import", str(path), "--database-url", sqlite_url)
    assert status == 2
    lines = said.splitlines()
    assert len(lines) == len(books.MISTAKES) + 2
    for sheet, row, title, value, _ in books.MISTAKES:
        start = f"{sheet}, ligne {row}, "
        assert [line for line in lines if line.startswith(start) and title in line and books.said(value)[:40] in line]
    assert lines[-1] == "Rien n’a été importé."
    status, said = run("export", "essai-2027", str(tmp_path / "out.xlsx"), "--database-url", sqlite_url)
    assert status == 2


def test_a_trial_changes_nothing_and_the_import_then_does(sqlite_url: str, workbook: Path, tmp_path: Path) -> None:
    url = ("--database-url", sqlite_url)
    status, said = run("import", str(workbook), "--dry-run", *url)
    assert status == 0
    assert "Stands : 6 à ajouter" in said.replace("\u00a0", " ")
    assert run("export", "essai-2027", str(tmp_path / "out.xlsx"), *url)[0] == 2
    assert run("import", str(workbook), *url)[0] == 0
    assert run("export", "essai-2027", str(tmp_path / "out.xlsx"), *url)[0] == 0
    status, said = run("import", str(tmp_path / "out.xlsx"), "--language", "en", *url)
    assert (status, "Stands: 0 to add, 0 to change" in said) == (0, True)


def test_a_missing_file_is_said_in_one_line(sqlite_url: str, tmp_path: Path) -> None:
    status, said = run("import", str(tmp_path / "absent.xlsx"), "--database-url", sqlite_url)
    assert (status, len(said.splitlines())) == (2, 1)


def test_a_terminal_sees_a_bar(sqlite_url: str, workbook: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "jobdating", "import", str(workbook), "--database-url", sqlite_url]
    with subprocess.Popen(command, stdout=slave, stderr=slave, env=os.environ | {"TERM": "xterm"}) as process:
        os.close(slave)
        said = b""
        while chunk := _read(master):
            said += chunk
        assert process.wait(timeout=60) == 0
    os.close(master)
    assert "━" in said.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4_096)
    except OSError:  # the other end is closed
        return b""
