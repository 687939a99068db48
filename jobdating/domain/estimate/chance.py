"""Fixed stratified draws, and the normal law over whole arrays. Pure; built once, then shared."""

from functools import cache
from math import erfc, log, sqrt
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Grid: TypeAlias = NDArray[np.float32]

DRAWS = 256
SERIALS = 64  # a stand's day uses the same rows again after that many people

_SEED = 20270617
_EDGE, _STEPS = 8.0, 64  # the table reaches this far, in so many steps a standard deviation


@cache
def uniforms(name: str) -> Grid:
    """(SERIALS, DRAWS) in (0, 1): each row is stratified (one draw in each of DRAWS equal parts) and shuffled.

    A Latin hypercube: quantiles from 256 of these are as steady as from over a thousand independent ones.
    """
    generator = np.random.default_rng([_SEED, *name.encode()])
    places = np.tile(np.arange(DRAWS), (SERIALS, 1))
    strata = generator.permuted(places, axis=1)
    return _frozen((strata + 0.5) / DRAWS)


@cache
def normals(name: str) -> Grid:
    """(SERIALS, DRAWS) standard normal deviates of `uniforms(name)`."""
    law = NormalDist()
    points = np.array([law.inv_cdf((part + 0.5) / DRAWS) for part in range(DRAWS)])
    return _frozen(points[np.rint(uniforms(name) * DRAWS - 0.5).astype(int)])


def survival(deviate: Grid) -> Grid:
    """-ln P(Z > deviate), from a table: right to about 1e-4 between -8 and 8, and held there beyond."""
    points, logs = _table()
    return np.interp(deviate, points, logs).astype(np.float32)


def deviate(survived: Grid) -> Grid:
    """The inverse of `survival`: z with -ln P(Z > z) = survived."""
    points, logs = _table()
    return np.interp(survived, logs, points).astype(np.float32)


@cache
def _table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = np.linspace(-_EDGE, _EDGE, int(2 * _EDGE * _STEPS) + 1)
    logs = np.array([-log(0.5 * erfc(point / sqrt(2))) for point in points])
    return points, logs


def _frozen(values: NDArray[np.float64]) -> Grid:
    grid = values.astype(np.float32)
    grid.flags.writeable = False
    return grid
