"""How every benchmark tells its results: a line each on screen, and JSON for those who compare."""

import json
import platform
import statistics
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

LIBRARIES = ("starlette", "uvicorn", "uvloop", "httptools", "websockets", "sqlalchemy", "jinja2", "numpy", "ortools")


def report(
    name: str,
    figures: Mapping[str, tuple[Sequence[float], str]],
    ratios: Mapping[str, Sequence[float]],
    *,
    file: Path | None = None,
) -> None:
    """Print each figure (values and unit) and each ratio with median, least and most; write them to `file`."""
    told: dict[str, Any] = {
        "name": name,
        "figures": {key: {**_spread(values), "unit": unit} for key, (values, unit) in figures.items()},
        "ratios": {key: _spread(values) for key, values in ratios.items()},
        "versions": {"python": platform.python_version()} | {library: version(library) for library in LIBRARIES},
    }
    for key, told_figure in [*told["figures"].items(), *told["ratios"].items()]:
        unit = told_figure.get("unit", "x")
        print(f"{key}: {told_figure['median']:.4g} {unit} ({told_figure['min']:.4g} to {told_figure['max']:.4g})")
    if file is not None:
        file.write_text(json.dumps(told, indent=2) + "\n")


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}
