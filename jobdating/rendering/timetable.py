"""What the pages of the timetable say of policies, denials and faults, and where its charts put their shapes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobdating.rendering.environment import translator


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


PRESETS = {
    "first_come": _("ordre d’inscription"),
    "fair_share": _("vœux, équité d’abord"),
    "first_wishes": _("vœux, premiers vœux d’abord"),
    "keep_all": _("ne déplacer personne"),
    "move_few": _("déplacer peu de monde"),
    "anew": _("tout recalculer"),
}
DENIALS = {
    "stand_full": _("Stand complet aux heures du candidat"),
    "cap": _("Déjà au plafond d’entretiens"),
    "no_common_time": _("Aucune heure commune"),
    "ineligible": _("Métier hors des offres du stand"),
    "clash": _("Dernières places pendant ses autres entretiens"),
    "refused": _("Écarté par le stand"),
    "forbidden": _("Écarté à la main"),
    "given_up": _("Entretien annulé ou manqué"),
    "consent": _("Accord manquant"),
}
WHY = {
    "stand_full": _("toutes les heures du stand où ce candidat est libre sont données à d’autres."),
    "cap": _("ce candidat a déjà le nombre maximum d’entretiens."),
    "no_common_time": _("le stand et le candidat ne sont jamais libres en même temps."),
    "ineligible": _("ils n’ont aucun métier en commun."),
    "clash": _("les dernières places du stand tombent pendant ses autres entretiens, ou trop près."),
    "refused": _("le stand préfère en voir d’autres."),
    "forbidden": _("vous l’avez écarté à la main."),
    "given_up": _("l’entretien a été annulé ou manqué."),
    "consent": _("l’accord du candidat ou d’un parent manque."),
}
TROUBLE = {
    "locked_outside": _("%(candidate)s a déjà rendez-vous avec %(stand)s, hors des heures de l’un des deux."),
    "locked_clash": _("Deux rendez-vous déjà pris tombent à la même heure."),
    "locked_over_cap": _("%(candidate)s a déjà plus de rendez-vous que le plafond, avec les paires imposées."),
    "kept_forbidden": _("%(candidate)s et %(stand)s : imposé et écarté à la fois."),
    "pinned_without_time": _("%(candidate)s et %(stand)s : imposé, mais ils n’ont aucune heure commune."),
    "bonus_rises": _("Un entretien de plus ne peut pas valoir plus que le précédent."),
    "half_days": _("Aucun créneau n’est ouvert : rien à planifier."),
    "failed": _("Le calcul s’est arrêté. Recommencez ; rien n’a été changé."),
}
AGES = {
    "under_15": _("moins de 15 ans"),
    "15_17": _("15–17 ans"),
    "18_25": _("18–25 ans"),
    "26_plus": _("26 ans et plus"),
}
POINTS = {
    "points": _("Des nombres entiers de 0 à 10 000, séparés par des virgules."),
    "points_rise": _("Un entretien de plus ne peut pas valoir plus que le précédent."),
}
GROUPS = {
    "trade": _("Selon le métier"),
    "level": _("Selon le niveau"),
    "site": _("Selon le centre"),
    "age": _("Selon l’âge"),
}
RANKS = (_("1er"), _("2e"), _("3e"), _("4e+"), _("aucun"))
PROBLEMS = {
    "slot_taken": _("pris entre-temps"),
    "slot_blocked": _("fermé entre-temps"),
    "limit_reached": _("le candidat est au plafond"),
    "overlap": _("le candidat a un autre rendez-vous à cette heure"),
    "too_close": _("trop près d’un autre rendez-vous du candidat"),
    "not_eligible": _("le candidat ou le stand n’est plus d’accord"),
    "window_closed": _("déjà passé"),
}


def preset(name: str, language: str) -> str:
    return translator(language)(PRESETS.get(name, name))


def denial(code: str, language: str) -> str:
    """A code as a heading of a count."""
    return translator(language)(DENIALS[code])


def why(code: str, language: str) -> str:
    """A code as the end of a sentence about somebody, for organisers."""
    return translator(language)(WHY[code])


def points(code: str, language: str) -> str:
    """Why points that were typed cannot be."""
    return translator(language)(POINTS.get(code, POINTS["points"]))


def problem(code: str, language: str) -> str:
    """Why a place of a draft can no longer be given."""
    return translator(language)(PROBLEMS.get(code, PROBLEMS["slot_taken"]))


def age(band: str, language: str) -> str:
    return translator(language)(AGES[band]) if band in AGES else ""


def groups(language: str) -> dict[str, str]:
    """The ways of grouping candidates, by name."""
    say = translator(language)
    return {name: say(title) for name, title in GROUPS.items()}


def ranks(language: str) -> list[str]:
    """The labels of the best wish that was met."""
    say = translator(language)
    return [say(label) for label in RANKS]


def shares(rows: Sequence[tuple[str, float, float]], letter: str, language: str) -> str:
    """The share served in each group, as a sentence for those who do not see the chart."""
    say = translator(language)
    told = [
        say(_("%(name)s : %(a)s %% avec A, %(b)s %% avec %(letter)s."))
        % {"name": name, "a": count(a, language), "b": count(b, language), "letter": letter}
        for name, a, b in rows
    ]
    return " ".join(told)


def trouble(
    faults: Sequence[Sequence[Any]], language: str, *, people: Mapping[int, str], stands: Mapping[int, str]
) -> list[str]:
    """Why a draft could not be solved, a sentence each."""
    say = translator(language)
    told = []
    for code, params in faults:
        words = TROUBLE.get(code, TROUBLE["failed"])
        who = people.get(_id(params.get("candidate")), "")
        told.append(say(words) % {"candidate": who, "stand": stands.get(_id(params.get("stand")), "")})
    return list(dict.fromkeys(told))


def _id(value: Any) -> int:
    text = str(value).partition(".")[0]
    return int(text) if text.isdecimal() else 0


def count(value: int | float, language: str, *, digits: int = 0) -> str:
    """A number as people write it: "1 386", "1,9"; "1,386", "1.9" in English."""
    text = f"{value:,.{digits}f}"
    return text if language == "en" else text.replace(",", "\u202f").replace(".", ",")


@dataclass(frozen=True)
class Bar:
    """Two bars side by side in a chart; positions in percent, `a` and `b` the counts."""

    label: str
    a: int
    b: int
    x: float
    width: float
    height_a: float
    height_b: float

    @property
    def top_a(self) -> float:
        return round(BASE - self.height_a, 1)

    @property
    def top_b(self) -> float:
        return round(BASE - self.height_b, 1)


@dataclass(frozen=True)
class Dot:
    """A row of two dots; positions in percent."""

    label: str
    y: float
    a: float
    b: float
    share_a: float
    share_b: float


@dataclass(frozen=True)
class Mark:
    """A value on an axis and where it is, in percent."""

    value: int
    at: float


@dataclass(frozen=True)
class Lines:
    """Two lines in a box of 1000 × 200, and where their ends are labelled, in percent of the chart."""

    path_a: str
    path_b: str
    first_a: float
    last_a: float
    last_b: float
    y_first_a: float
    y_last_a: float
    y_last_b: float


BASE, TALL = 82.0, 66.0  # percent: where bars stand, and how tall the largest is
LEFT, RIGHT = 42.9, 96.0  # percent: where the dots of the lowest and the highest share are
ROWS = 6


def bars(labels: Sequence[str], a: Sequence[int], b: Sequence[int]) -> list[Bar]:
    """Counts of two drafts side by side."""
    most = max([*a, *b, 1])
    step = 100 / len(labels)
    return [
        Bar(
            label, left, right, round(number * step + 0.08 * step, 1), round(0.41 * step, 1),
            round(TALL * left / most, 1), round(TALL * right / most, 1),
        )
        for number, (label, left, right) in enumerate(zip(labels, a, b, strict=True))
    ]  # fmt: skip


def lines(a: Sequence[float], b: Sequence[float]) -> Lines | None:
    """Two series of the same length; None for too short ones."""
    if len(a) < 2 or len(a) != len(b):
        return None
    most = max([*a, *b, 1.0]) * 1.25

    def y(value: float) -> float:
        return 200 - 200 * value / most

    def path(values: Sequence[float]) -> str:
        step = 960 / (len(values) - 1)
        points = [f"{20 + round(step * number)} {round(y(value))}" for number, value in enumerate(values)]
        return "M" + " L".join(points)

    def label(value: float, *, above: bool) -> float:
        return round(y(value) / 200 * BASE + (-4 if above else 9), 1)

    apart = a[-1] < b[-1]
    return Lines(
        path(a), path(b), a[0], a[-1], b[-1],
        label(a[0], above=a[0] >= b[0]), label(a[-1], above=not apart), label(b[-1], above=apart),
    )  # fmt: skip


def dots(a: Sequence[Mapping[str, Any]], b: Sequence[Mapping[str, Any]]) -> tuple[list[Dot], list[Mark]]:
    """The share served in each of the largest groups, and the marks of the axis."""
    by_name = {each["name"]: each for each in a}
    rows = [(each["name"], by_name[each["name"]]["served"], each["served"]) for each in b if each["name"] in by_name]
    rows = rows[:ROWS]
    if not rows:
        return [], []
    least = min(min(left, right) for _, left, right in rows)
    low = min(80, int(least // 20) * 20)

    def x(share: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * (share - low) / (100 - low), 1)

    shown = [
        Dot(name, 7 + 14 * number, x(left), x(right), left, right) for number, (name, left, right) in enumerate(rows)
    ]
    return shown, [Mark(value, x(value)) for value in range(low, 101, 20)]
