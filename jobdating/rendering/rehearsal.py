"""A rehearsal as its page shows it: one column a variation, what differs from the day as it is, two plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from babel.numbers import format_decimal, format_percent

from jobdating.queries.rehearsals import Rehearsal
from jobdating.rendering import catalogue

Outcome = Mapping[str, Any]
HEIGHT, WIDTH = 100, 1000


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


# Key of the outcome, what it is called, its unit, and what is better: 1 more, -1 less, 0 neither.
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


@dataclass(frozen=True)
class Cell:
    """A figure in words; how it differs from the day as it is ("−2,1"), and whether that is better."""

    said: str
    differs: str
    better: bool | None


@dataclass(frozen=True)
class Line:
    name: str
    cells: tuple[Cell, ...]


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
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    plots: tuple[Plot, ...]
    worst: tuple[Mapping[str, Any], ...]
    people: int
    stands: int
    booked: int
    load: Mapping[str, str]


def report(rehearsal: Rehearsal, language: str) -> Report:
    """The result of a rehearsal that is done."""
    outcomes = rehearsal.result
    base = outcomes[0]
    columns = tuple(_name(outcome["variation"], language) for outcome in outcomes)
    lines = tuple(
        Line(_said(name, language), tuple(_cell(o[key], base[key], unit, better, language) for o in outcomes))
        for key, name, unit, better in _LINES
        if any(outcome[key] for outcome in outcomes)
    )
    load = base["load"]
    return Report(
        columns=columns,
        lines=lines,
        plots=(
            _plot(_("Retard moyen des stands, en minutes"), "delay", outcomes, columns, language),
            _plot(_("Personnes qui attendent"), "waiting", outcomes, columns, language),
        ),
        worst=tuple(
            {**stand, **{key: _number(stand[key], language) for key in ("delay", "worst_delay", "idle", "over")}}
            for stand in base["worst"]
            if stand["trouble"] or stand["worst_delay"] > 0
        ),
        people=base["people"],
        stands=base["stands"],
        booked=base["booked"],
        load={
            "commands": _number(load["commands"], language),
            "per_second": _number(round(load["busiest_minute"] / 60, 1), language),
            "median_ms": _number(load["median_ms"], language),
            "p95_ms": _number(load["p95_ms"], language),
        },
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


def _cell(value: float, usual: float, unit: str, better: int, language: str) -> Cell:
    difference = value - usual
    said = _figure(value, unit, language)
    if abs(difference) < 0.05 * (0.1 if unit == "%" else 1):
        return Cell(said, "", None)
    sign = "+" if difference > 0 else "−"
    differs = sign + _figure(abs(difference), unit, language)
    return Cell(said, differs, None if not better else (difference > 0) == (better > 0))


def _figure(value: float, unit: str, language: str) -> str:
    if unit == "%":
        return str(format_percent(value, "#,##0 %" if language == "fr" else "#,##0%", locale=language))
    number = _number(value, language)
    return f"{number} {unit}" if unit else number


def _number(value: float, language: str) -> str:
    return str(format_decimal(round(value, 1), "#,##0.#", locale=language))


def _said(message: str, language: str) -> str:
    return str(catalogue.translations(language).gettext(message))


def _plot(title: str, key: str, outcomes: Sequence[Outcome], columns: Sequence[str], language: str) -> Plot:
    points = [[(_minute(point["at"]), point[key]) for point in outcome["curve"]] for outcome in outcomes]
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
