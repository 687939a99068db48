"""What docs/security.md calls held names tests that are there."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
TABLE = (TESTS.parent / "docs" / "security.md").read_text()
HELD = [line for line in TABLE.splitlines() if re.search(r"\| held \|", line)]
# "web/test_x::name", "web/test_x" alone for all of it, "::name" for one more of the file before.
NAMED = re.compile(r"(?<![\w/])((?:[a-z0-9_]+/)*test_\w+)?(?:::(\w+))?")


def missing(line: str) -> list[str]:
    """The tests that a line names and that do not exist."""
    found, file = [], ""
    for path, name in NAMED.findall(line.split("| held |", 1)[1]):
        file = path or file
        source = TESTS / f"{file}.py"
        if not file or not source.is_file():
            found += [file] if path or name else []
        elif name and not re.search(rf"def test_(an?_|the_)?{name}\b", source.read_text()):
            found.append(f"{file}::{name}")
    return found


def test_every_proof_exists() -> None:
    assert len(HELD) > 40
    assert not [proof for line in HELD for proof in missing(line)]


def test_nothing_is_held_without_a_proof() -> None:
    assert not [line for line in HELD if not re.search(r"test_\w+", line)]


def test_a_proof_that_is_not_there_would_be_found() -> None:
    assert missing("| x | held | web/test_nowhere::y, test_settings::no_such_thing |") == [
        "web/test_nowhere", "test_settings::no_such_thing",
    ]  # fmt: skip
