"""What letting two people meet would cost the others. Pure and deterministic."""

from dataclasses import replace

from jobdating.domain.timetable.checking import ensure_sound
from jobdating.domain.timetable.instance import Instance, Pair
from jobdating.domain.timetable.network import Network
from jobdating.domain.timetable.solution import Cost, Solution, score
from jobdating.domain.timetable.table import lay_out


def cost_of(instance: Instance, solution: Solution, candidate: str, stand: str) -> Cost:
    """The price of making `candidate` meet `stand`: the best choice of pairs with this one in it, which of equally
    good ones changes least. Raises `Malformed` when the two can never meet."""
    wanted = Pair(candidate, stand)
    instance = replace(instance, pinned=(*(pair for pair in instance.pinned if pair != wanted), wanted))
    ensure_sound(instance)
    table = lay_out(instance)
    before = tuple(one.pair for one in solution.interviews)
    met = set(before)
    pairs = [Pair(instance.candidates[one.candidate].id, instance.stands[one.stand].id) for one in table.links]
    preferred = {link: 1 for link, pair in enumerate(pairs) if pair in met}
    flow = Network(table).best(preferred=preferred)
    after = (*(one.pair for one in instance.locked), *(pairs[link] for link, _ in flow.chosen))
    own_before = score(instance, (pair for pair in before if pair.candidate == candidate))
    own_after = score(instance, (pair for pair in after if pair.candidate == candidate))
    return Cost(
        others=max(0, score(instance, before) - own_before - score(instance, after) + own_after),
        candidate=own_after - own_before,
        lost=_of_others(before, set(after), candidate),
        gained=_of_others(after, met, candidate),
    )


def _of_others(pairs: tuple[Pair, ...], but: set[Pair], candidate: str) -> tuple[Pair, ...]:
    return tuple(pair for pair in pairs if pair.candidate != candidate and pair not in but)
