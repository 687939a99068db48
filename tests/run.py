"""Runs pytest with one PostgreSQL for all its processes: `python -m tests.run [pytest's arguments]`."""

import os
import subprocess
import sys

from tests.postgresql import running_postgresql


def main() -> int:
    with running_postgresql() as url:
        return subprocess.run(
            [sys.executable, "-m", "pytest", *sys.argv[1:]], env=os.environ | {"TEST_DATABASE_URL": url}
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
