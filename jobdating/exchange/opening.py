"""The child process that opens a workbook: bytes in on stdin, rows out as JSON. Imports nothing of ours.

It bounds its own memory and time before it looks at the file; its parent reads any end but a clean one as a refusal.
"""

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_SHEETS = 50
MAX_CELL = 5_000  # characters kept of one cell; fields have smaller limits of their own
MEMORY = 700_000_000  # bytes of address space
CPU_SECONDS = 15


def bound() -> None:
    """Give this process little memory and time, where the system can."""
    try:
        import resource
    except ImportError:  # a system without limits: the parent's time-out remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def opened(content: bytes) -> dict[str, Any]:
    """Every sheet with its rows, or what refuses the file."""
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    if len(workbook.sheet_names) > MAX_SHEETS:
        return {"refused": "sheets", "params": {"limit": MAX_SHEETS}}
    sheets = []
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.total_height > MAX_ROWS:
            return {"refused": "rows", "params": {"limit": MAX_ROWS, "sheet": name}}
        if sheet.total_width > MAX_COLUMNS:
            return {"refused": "columns", "params": {"limit": MAX_COLUMNS, "sheet": name}}
        rows = sheet.to_python(skip_empty_area=False)
        if len(rows) > MAX_ROWS or (rows and len(rows[0]) > MAX_COLUMNS):
            return {"refused": "rows", "params": {"limit": MAX_ROWS, "sheet": name}}
        sheets.append({"name": name, "rows": [[plain(cell) for cell in row] for row in rows]})
    return {"sheets": sheets}


def plain(cell: object) -> object:
    """A cell as JSON can hold it."""
    if isinstance(cell, str):
        return cell[: MAX_CELL + 1]
    if isinstance(cell, datetime):
        return {"moment": cell.replace(tzinfo=None).isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, timedelta):
        minutes = int(cell.total_seconds() // 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return cell


def main() -> None:
    bound()
    json.dump(opened(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
