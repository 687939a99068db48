"""`jobdating timetable solve`: what it writes, prints and refuses."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobdating.commands.timetable import run_solve, sentence
from jobdating.domain.timetable import Problem, check
from jobdating.exchange.instances import read_instance, written_instance
from jobdating.simulation.timetables import SIZES, make_instance
from scripts.benchmarks.timetable_validator import violations
from tests.domain.timetable.test_checking import MALFORMED, SOUND

INSTANCE: dict[str, Any] = {
    "slots": 8,
    "half_days": [[0, 4], [4, 8]],
    "min_gap": 0,
    "cap": 4,
    "stands": [{"id": "r1", "free": [[0, 2]]}, {"id": "r7", "free": [[0, 4], [5, 8]]}],
    "candidates": [{"id": "c1", "free": [[0, 8]], "wishes": ["r7", "r1"]}, {"id": "c2", "free": [[0, 1]], "wishes": ["r1"]}],
    "locked": [{"candidate": "c1", "stand": "r1", "slot": 1}],
    "bonus": [1000, 200, 50],
    "rank_weights": [100, 80, 65, 55, 45, 40, 35, 30, 25, 20],
}  # fmt: skip


def solve(folder: Path, instance: str) -> int:
    """The exit status; the solution is out.json."""
    (folder / "in.json").write_text(instance, encoding="utf-8")
    return run_solve(folder / "in.json", folder / "out.json", language="en")


def test_an_instance_is_solved_into_the_file_and_told_a_fact_a_line(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(json.dumps(INSTANCE), encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "jobdating", "timetable", "solve", "in.json", "--out", "out.json", "--language", "en"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    solution = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (told.returncode, told.stderr) == (0, "")
    assert solution.keys() == {"interviews", "score", "bound", "seconds", "denied"}
    assert {"candidate": "c1", "stand": "r1", "slot": 1} in solution["interviews"]
    assert {"candidate": "c2", "stand": "r1", "slot": 0} in solution["interviews"]
    assert solution["score"] == solution["bound"] == 1200 + 100 + 80 + 1000 + 100
    assert violations(INSTANCE, solution) == []
    assert told.stdout.splitlines()[0] == "Interviews: 3, for 2 candidates"


def test_an_instance_written_and_read_is_the_same() -> None:
    made = make_instance(SIZES["narrow"], seed=1, min_gap=1)
    assert read_instance(written_instance(made).encode()) == (made, ())


@pytest.mark.parametrize(
    ("instance", "told"),
    [
        ("{", ["this is not JSON"]),
        ("[]", ["must be an object"]),
        (
            json.dumps({"slots": 8.5, "half_days": [[0, 4, 8]], "candidates": [{"id": 3, "free": [["a", 1]]}]}),
            [
                "slots: must be a whole number",
                "half_days[0]: not of the expected shape",
                "stands: missing",
                "candidates[0].id: must be a text",
                "candidates[0].free[0][0]: must be a whole number",
                "candidates[0].wishes: missing",
            ],
        ),
        (
            json.dumps(
                INSTANCE
                | {
                    "stands": [{"id": "r1", "free": [[0, 2], [1, 3]]}],
                    "locked": [
                        {"candidate": "c1", "stand": "r1", "slot": 2},
                        {"candidate": "c2", "stand": "r1", "slot": 2},
                    ],
                    "forbidden": [{"candidate": "c9", "stand": "r1"}],
                }
            ),
            [
                "wishes, c1: there is no stand r7",
                "forbidden, r1: there is no candidate c9",
                "r1: the range [1, 3] overlaps another",
                "locked, c2 and r1: c2 is not free in slot 2",
                "locked: r1 has two appointments in slot 2",
            ],
        ),
    ],
)
def test_a_malformed_file_is_refused_with_every_mistake_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], instance: str, told: list[str]
) -> None:
    status = solve(tmp_path, instance)
    lines = capsys.readouterr().err.splitlines()
    assert status == 2
    assert not (tmp_path / "out.json").exists()
    assert len(lines) == len(told)
    for line, start in zip(lines, told, strict=True):
        assert start in line


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_contradiction_has_its_words(language: str) -> None:
    told = {
        mistake.problem: sentence(mistake, language)
        for change, _ in MALFORMED
        for mistake in check(replace(SOUND, **change))
    }
    assert set(told) == set(Problem)
    assert not [words for words in told.values() if "%(" in words]


def test_names_that_mean_nothing_are_said_and_left_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert solve(tmp_path, json.dumps(INSTANCE | {"min-gap": 3})) == 0
    assert "min-gap" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_solve(tmp_path / "no.json", tmp_path / "out.json", language="en") == 2
    assert "no.json" in capsys.readouterr().err
