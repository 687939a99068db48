"""A rehearsal as its page shows it: what awaits, a verdict on each thing that was tried, all figures, two plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from babel.numbers import format_decimal, format_percent

from jobdating.queries.rehearsals import Rehearsal
from jobdating.rendering import catalogue
from jobdating.simulation import draws
from jobdating.simulation.draws import Spread

Result = Mapping[str, Any]
HEIGHT, WIDTH = 100, 1000
NAMED = 3  # stands, in a sentence


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


# Key of the figure, what it is called, its unit, and what is better: 1 more, -1 less, 0 neither.
_LINES = (
    ("served", _("Personnes reçues"), "", 1),
    ("not_served", _("Venues, pas reçues"), "", -1),
    ("lost", _("Rendez-vous que le changement fait perdre"), "", -1),
    ("done", _("Entretiens menés"), "", 1),
    ("walk_ins", _("dont sans rendez-vous"), "", 0),
    ("no_shows", _("Absences"), "", 0),
    ("delay", _("Retard moyen à l’appel"), "min", -1),
    ("delay_p90", _("Retard, neuf fois sur dix au plus"), "min", -1),
    ("late_share", _("Appelés plus de 10 min après l’heure"), "%", -1),
    ("wait", _("Attente moyenne avec rendez-vous"), "min", -1),
    ("walk_in_wait", _("Attente moyenne sans rendez-vous"), "min", -1),
    ("idle", _("Temps libre d’un recruteur, sur la journée"), "min", -1),
    ("idle_share", _("Part de temps libre"), "%", -1),
    ("over", _("Le dernier stand finit après l’heure"), "min", -1),
    ("stands_in_trouble", _("Stands qui demandent de l’aide"), "", -1),
)
_KNOWN = {key: (name, unit, better) for key, name, unit, better in _LINES}
_FIRST = ("served", "not_served", "delay", "idle")  # what is told before all else
_TRIED = ("lost", "not_served", "served", "delay", "walk_in_wait", "idle")  # what a change is judged by
_HELPED = _("Retard moyen au stand renforcé")


@dataclass(frozen=True)
class Cell:
    """A figure of the middle draw, and its range over all ("478 à 485", empty without one). How it differs from the day
    as it is ("−2,1") when clearly, and whether that is better; `unclear` when luck alone may explain it."""

    said: str
    range: str
    differs: str = ""
    better: bool | None = None
    unclear: bool = False


@dataclass(frozen=True)
class Line:
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Change:
    """One clear difference: "Retard moyen", "2,1 min", "0,9 min", "−1,2 min", its range, and whether it is better."""

    name: str
    before: str
    after: str
    differs: str
    range: str
    better: bool


@dataclass(frozen=True)
class Verdict:
    """What to think of a thing that was tried. `word` says it: "better", "worse", "both", "none", "unknown"."""

    number: int
    name: str
    word: str
    stands: str
    changes: tuple[Change, ...]
    unclear: tuple[str, ...]


@dataclass(frozen=True)
class Curve:
    """A line of a plot of 1,000 by 100."""

    number: int
    path: str
    last: float  # height of its end, percent from the top


@dataclass(frozen=True)
class Plot:
    title: str
    curves: tuple[Curve, ...]
    marks: tuple[tuple[float, str], ...]  # percent from the top, what is written there
    hours: tuple[tuple[float, str], ...]  # percent from the left
    said: str


@dataclass(frozen=True)
class Report:
    draws: int
    first: tuple[Line, ...]  # of the day as it is
    verdicts: tuple[Verdict, ...]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    plots: tuple[Plot, ...]
    worst: tuple[Mapping[str, Any], ...]
    people: str
    stands: str
    booked: str
    load: Mapping[str, str]


def report(rehearsal: Rehearsal, language: str) -> Report:
    """What a rehearsal's draws say so far: there is one at least."""
    results = rehearsal.result
    usual = results[0]
    columns = tuple(_name(result["variation"], language) for result in results)
    lines = {
        key: Line(_said(name, language), tuple(_cell(key, result, usual, language) for result in results))
        for key, name, _unit, _better in _LINES
        if any(any(result["figures"][key]) for result in results)
    }
    load = usual["load"]
    return Report(
        draws=len(usual["figures"]["done"]),
        first=tuple(Line(_said(_KNOWN[key][0], language), (_cell(key, usual, usual, language),)) for key in _FIRST),
        verdicts=tuple(
            _verdict(number, name, result, usual, language)
            for number, (name, result) in enumerate(zip(columns, results, strict=True))
            if number
        ),
        columns=columns,
        lines=tuple(lines.values()),
        plots=(
            _plot(_("Retard moyen des stands, en minutes"), "delay", results, columns, language),
            _plot(_("Personnes qui attendent"), "waiting", results, columns, language),
        ),
        worst=tuple(
            {
                **stand,
                **{key: _number(stand[key], language) for key in ("done", "delay", "worst_delay", "trouble", "idle")},
            }
            for stand in usual["worst"]
            if stand["trouble"] or stand["worst_delay"] > 0
        ),
        people=_middle("people", usual, language),
        stands=_middle("stands", usual, language),
        booked=_middle("booked", usual, language),
        load={
            "commands": _number(load["commands"], language),
            "per_second": _number(round(load["busiest_minute"] / 60, 1), language),
            "median_ms": _number(load["median_ms"], language),
            "p95_ms": _number(load["p95_ms"], language),
        },
    )


def _verdict(number: int, name: str, result: Result, usual: Result, language: str) -> Verdict:
    changes, unclear = [], []
    for key in ("helped_delay", *_TRIED) if result["helped"] else _TRIED:
        said, unit, better = (_HELPED, "min", -1) if key == "helped_delay" else _KNOWN[key]
        found = draws.compared(key, result, usual)
        if found.clear:
            values, before = (
                (result["helped_delay"], result["unhelped_delay"])
                if key == "helped_delay"
                else (result["figures"][key], usual["figures"][key])
            )
            changes.append(
                Change(
                    name=_said(said, language),
                    before=_figure(draws.spread(before).median, unit, language),
                    after=_figure(draws.spread(values).median, unit, language),
                    differs=_signed(found.spread.median, unit, language),
                    range=_range(found.spread, unit, language, signed=True),
                    better=(found.spread.median > 0) == (better > 0),
                )
            )
        elif any(result["figures"].get(key, result["helped_delay"])) or any(usual["figures"].get(key, ())):
            unclear.append(_said(said, language))
    return Verdict(
        number, name, _word(changes, len(usual["figures"]["done"])), ", ".join(result["helped"][:NAMED]),
        tuple(changes), tuple(unclear),
    )  # fmt: skip


def _word(changes: Sequence[Change], drawn: int) -> str:
    if drawn < draws.FEWEST:
        return "unknown"
    directions = {change.better for change in changes}
    return {frozenset(): "none", frozenset({True}): "better", frozenset({False}): "worse"}.get(
        frozenset(directions), "both"
    )


def _name(variation: Mapping[str, Any], language: str) -> str:
    """What a variation changes, in a few words."""
    translations = catalogue.translations(language)
    if variation["recruiters"]:
        sentence = translations.ngettext(
            "%(num)s recruteur de plus, au stand le plus plein", "%(num)s recruteurs de plus, aux stands les plus pleins",
            variation["recruiters"],
        )  # fmt: skip
        return str(sentence % {"num": variation["recruiters"]})
    if variation["buffer_minutes"]:
        return str(translations.gettext("+%(num)s min entre deux") % {"num": variation["buffer_minutes"]})
    if variation["cap"] is not None:
        return str(translations.gettext("%(num)s entretiens par personne au plus") % {"num": variation["cap"]})
    return str(translations.gettext("Comme prévu"))


def _cell(key: str, result: Result, usual: Result, language: str) -> Cell:
    _said_as, unit, better = _KNOWN[key]
    values = draws.spread(result["figures"][key])
    said, over = _figure(values.median, unit, language), _range(values, unit, language)
    found = draws.compared(key, result, usual)
    if result is usual or found.spread.low == found.spread.high == 0:
        return Cell(said, over)
    if not found.clear:
        return Cell(said, over, unclear=True)
    is_better = None if not better else (found.spread.median > 0) == (better > 0)
    return Cell(said, over, _signed(found.spread.median, unit, language), is_better)


def _middle(key: str, result: Result, language: str) -> str:
    return _number(round(draws.spread(result["figures"][key]).median), language)


def _signed(value: float, unit: str, language: str) -> str:
    said = _figure(abs(value), unit, language)
    return ("+" if value > 0 else "−") + said if value else said


def _range(values: Spread, unit: str, language: str, *, signed: bool = False) -> str:
    """ "478 à 485", or nothing where all draws say the same."""

    def bare(value: float) -> str:
        said = _figure(abs(value), "" if unit == "min" else unit, language)
        return {1: "+", -1: "−"}[1 if value > 0 else -1] + said if signed and value else said

    low, high = bare(values.low), bare(values.high)
    return "" if low == high else _said(_("de %(low)s à %(high)s"), language) % {"low": low, "high": high}


def _figure(value: float, unit: str, language: str) -> str:
    if unit == "%":
        return str(format_percent(value, "#,##0 %" if language == "fr" else "#,##0%", locale=language))
    number = _number(value, language)
    return f"{number} {unit}" if unit else number


def _number(value: float, language: str) -> str:
    return str(format_decimal(round(value, 1), "#,##0.#", locale=language))


def _said(message: str, language: str) -> str:
    return str(catalogue.translations(language).gettext(message))


def _plot(title: str, key: str, results: Sequence[Result], columns: Sequence[str], language: str) -> Plot:
    points = [[(_minute(point["at"]), point[key]) for point in result["curve"]] for result in results]
    minutes = [minute for line in points for minute, _ in line] or [0]
    first, last = min(minutes), max(max(minutes), min(minutes) + 1)
    top = max([value for line in points for _, value in line] + [1])
    step = next(size for power in range(6) for size in (10**power, 2 * 10**power, 5 * 10**power) if top / size <= 4)

    def x(minute: int) -> float:
        return round(WIDTH * (minute - first) / (last - first), 1)

    def y(value: float) -> float:
        return round(HEIGHT * (1 - value / (1.1 * top)), 1)

    curves = [
        Curve(number, _path([(x(minute), y(value)) for minute, value in line]), y(line[-1][1]) if line else HEIGHT)
        for number, line in enumerate(points)
    ]
    peaks = "; ".join(
        f"{name}: {_number(max((value for _, value in line), default=0), language)}"
        for name, line in zip(columns, points, strict=True)
    )
    return Plot(
        title=_said(title, language),
        curves=tuple(curves),
        marks=tuple((y(mark), str(mark)) for mark in range(step, int(1.1 * top) + 1, step)),
        hours=tuple((x(60 * hour) / WIDTH * 100, f"{hour}:00") for hour in range(first // 60 + 1, last // 60 + 1)),
        said=_said(_("Au plus haut : %(peaks)s."), language) % {"peaks": peaks},
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    """A line that leaves out what was not played, between two half-days."""
    if not points:
        return ""
    parts = [f"M{points[0][0]} {points[0][1]}"]
    steps = [after[0] - before[0] for before, after in pairwise(points)]
    usual = sorted(steps)[len(steps) // 2] if steps else 0
    for (before, _), (after, height) in pairwise(points):
        parts.append(f"{'M' if after - before > 3 * usual else 'L'}{after} {height}")
    return " ".join(parts)


def _minute(at: str) -> int:
    hours, minutes = at.split(":")
    return 60 * int(hours) + int(minutes)
