"""The commands `timetable …`: solves an instance in a file, one fact a line, and says every mistake of a file at once."""

import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from jobdating.domain.timetable import Malformed, Mistake, Problem, Solution, solve
from jobdating.exchange.instances import Fault, Misshapen, read_instance, written
from jobdating.rendering.environment import translator
from jobdating.rendering.timetable import count

REFUSED = 2


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


_FAULTS = {
    "json": _("ce n’est pas du JSON : %(place)s"),
    "missing": _("%(place)s : il manque"),
    "number": _("%(place)s : il faut un nombre entier"),
    "text": _("%(place)s : il faut un texte entre guillemets"),
    "list": _("%(place)s : il faut une liste"),
    "object": _("%(place)s : il faut un objet"),
    "shape": _("%(place)s : ce n’est pas la forme attendue"),
}
_MISTAKES = {
    Problem.BAD_NUMBER: _("%(name)s : %(value)s n’est pas possible"),
    Problem.BONUS_RISES: _("bonus : un entretien de plus ne peut pas valoir plus que le précédent (%(bonus)s)"),
    Problem.HALF_DAYS: _("half_days : les demi-journées doivent se suivre et couvrir les créneaux de 0 à %(slots)s"),
    Problem.BAD_RANGE: _("%(whose)s : [%(start)s, %(end)s] n’est pas une plage de créneaux"),
    Problem.OVERLAPPING: _("%(whose)s : la plage [%(start)s, %(end)s] en chevauche une autre"),
    Problem.DUPLICATE: _("%(kind)s : %(id)s est là deux fois"),
    Problem.UNKNOWN_STAND: _("%(where)s, %(of)s : le stand %(id)s n’existe pas"),
    Problem.UNKNOWN_CANDIDATE: _("%(where)s, %(of)s : le candidat %(id)s n’existe pas"),
    Problem.REPEATED_WISH: _("wishes, %(candidate)s : %(stand)s est là deux fois"),
    Problem.LOCKED_OUTSIDE: _("locked, %(candidate)s et %(stand)s : %(whose)s n’est pas libre au créneau %(slot)s"),
    Problem.LOCKED_CLASH: _("locked : %(whose)s a deux rendez-vous au créneau %(slot)s"),
    Problem.LOCKED_TWICE: _("locked : %(candidate)s et %(stand)s se rencontrent deux fois"),
    Problem.LOCKED_OVER_CAP: _("locked et pinned : %(candidate)s a %(count)s rendez-vous, et le plafond est %(cap)s"),
    Problem.KEPT_FORBIDDEN: _("%(candidate)s et %(stand)s : imposé et interdit à la fois"),
    Problem.PINNED_WITHOUT_TIME: _("pinned, %(candidate)s et %(stand)s : aucun créneau commun"),
}


def run_solve(path: Path, out: Path, *, language: str) -> int:
    """Solve the instance in a file and write the solution; the exit status: 0 when it was, 2 when refused."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    mistakes = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    say = translator(language)
    try:
        instance, unknown = read_instance(path.read_bytes())
        for name in unknown:
            mistakes.print(say(_("pas reconnu, laissé de côté : %(name)s")) % {"name": name})
        started = time.perf_counter()
        solution = solve(instance)
        seconds = time.perf_counter() - started
        out.write_text(written(solution, seconds=seconds) + "\n", encoding="utf-8")
    except OSError as error:
        mistakes.print(f"{error.filename}: {error.strerror}")
        return REFUSED
    except (Misshapen, Malformed) as error:
        for fault in error.faults if isinstance(error, Misshapen) else error.mistakes:
            mistakes.print(sentence(fault, language))
        return REFUSED
    for line in _facts(solution, seconds, language):
        console.print(line)
    console.print(str(out))
    return 0


def sentence(fault: Fault | Mistake, language: str) -> str:
    """What is wrong with an instance, for whoever wrote it."""
    say = translator(language)
    if isinstance(fault, Fault):
        return say(_FAULTS[fault.code]) % {"place": fault.place}
    return say(_MISTAKES[fault.problem]) % fault.params


def _facts(solution: Solution, seconds: float, language: str) -> Iterator[str]:
    say = translator(language)
    served = len({one.candidate for one in solution.interviews})
    yield say(_("Entretiens : %(count)s, pour %(served)s candidats")) % {
        "count": len(solution.interviews),
        "served": served,
    }
    yield say(_("Vœux non tenus : %(count)s")) % {"count": len(solution.denied)}
    yield say(_("Points : %(score)s, au plus %(bound)s (écart %(gap)s %%)")) % {
        "score": solution.score,
        "bound": solution.bound,
        "gap": count(100 * solution.gap, language, digits=4),
    }
    yield say(_("Durée : %(seconds)s s")) % {"seconds": count(seconds, language, digits=2)}
