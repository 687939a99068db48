"""Finds what is wrong with an instance before anything is solved: all of it at once. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from jobdating.domain.timetable.instance import Instance, Malformed, Mistake, Policy, Problem, Ranges, slots_of

MOST_SLOTS = 10_000
MOST_POINTS = 100_000


def ensure_sound(instance: Instance) -> None:
    """Raise `Malformed` with every mistake, if there is one."""
    mistakes = check(instance)
    if mistakes:
        raise Malformed(mistakes)


def check(instance: Instance) -> tuple[Mistake, ...]:
    """Every mistake, in the order of the instance. What depends on a broken grid is not looked at."""
    grid = tuple(_grid(instance))
    rest = (*_policy(instance.policy), *_ids(instance), *_references(instance))
    if grid:
        return (*grid, *rest)
    ranges = tuple(_ranges(instance))
    return (*rest, *ranges, *_kept(instance))


def _mistake(problem: Problem, **params: object) -> Mistake:
    return Mistake(problem, params)


def _grid(instance: Instance) -> Iterator[Mistake]:
    if not 1 <= instance.slots <= MOST_SLOTS:
        yield _mistake(Problem.BAD_NUMBER, name="slots", value=instance.slots)
        return
    at = 0
    for start, end in instance.half_days:
        if start != at or end <= start:
            break
        at = end
    else:
        if at == instance.slots:
            return
    yield _mistake(Problem.HALF_DAYS, slots=instance.slots)


def _policy(policy: Policy) -> Iterator[Mistake]:
    for name, least, value in (("cap", 1, policy.cap), ("min_gap", 0, policy.min_gap)):
        if not least <= value <= MOST_SLOTS:
            yield _mistake(Problem.BAD_NUMBER, name=name, value=value)
    for name, points in (
        ("bonus", policy.bonus),
        ("rank_weights", policy.rank_weights),
        ("favourite_weights", policy.favourite_weights),
    ):
        for value in points:
            if not 0 <= value <= MOST_POINTS:
                yield _mistake(Problem.BAD_NUMBER, name=name, value=value)
    if any(later > earlier for earlier, later in zip(policy.bonus, policy.bonus[1:], strict=False)):
        yield _mistake(Problem.BONUS_RISES, bonus=", ".join(map(str, policy.bonus)))


def _ids(instance: Instance) -> Iterator[Mistake]:
    stands = Counter(stand.id for stand in instance.stands)
    candidates = Counter(candidate.id for candidate in instance.candidates)
    for kind, counts in (("stand", stands), ("candidate", candidates)):
        yield from (_mistake(Problem.DUPLICATE, kind=kind, id=id) for id, count in counts.items() if count > 1)


def _references(instance: Instance) -> Iterator[Mistake]:
    stands = {stand.id for stand in instance.stands}
    candidates = {candidate.id for candidate in instance.candidates}
    for candidate in instance.candidates:
        for stand, times in Counter(candidate.wishes).items():
            if stand not in stands:
                yield _mistake(Problem.UNKNOWN_STAND, where="wishes", of=candidate.id, id=stand)
            if times > 1:
                yield _mistake(Problem.REPEATED_WISH, candidate=candidate.id, stand=stand)
    for one in instance.stands:
        for id, times in Counter(one.favourites).items():
            if id not in candidates:
                yield _mistake(Problem.UNKNOWN_CANDIDATE, where="favourites", of=one.id, id=id)
            if times > 1:
                yield _mistake(Problem.DUPLICATE, kind="favourite", id=id)
    for where, pairs in (("locked", instance.locked), ("pinned", instance.pinned), ("forbidden", instance.forbidden)):
        for pair in pairs:
            if pair.candidate not in candidates:
                yield _mistake(Problem.UNKNOWN_CANDIDATE, where=where, of=pair.stand, id=pair.candidate)
            if pair.stand not in stands:
                yield _mistake(Problem.UNKNOWN_STAND, where=where, of=pair.candidate, id=pair.stand)


def _ranges(instance: Instance) -> Iterator[Mistake]:
    people: Sequence[tuple[str, Ranges]] = [
        *((one.id, one.free) for one in instance.stands),
        *((one.id, one.free) for one in instance.candidates),
    ]
    for whose, free in people:
        reached = 0
        for start, end in sorted(free):
            if not 0 <= start <= end <= instance.slots:
                yield _mistake(Problem.BAD_RANGE, whose=whose, start=start, end=end)
            elif start < reached:
                yield _mistake(Problem.OVERLAPPING, whose=whose, start=start, end=end)
            reached = max(reached, end)


def _kept(instance: Instance) -> Iterator[Mistake]:
    """What is locked or pinned must be possible by itself."""
    stands = {stand.id: stand.free for stand in instance.stands}
    candidates = {candidate.id: candidate.free for candidate in instance.candidates}
    known = [one for one in instance.locked if one.candidate in candidates and one.stand in stands]
    for one in known:
        for whose, free in ((one.candidate, candidates[one.candidate]), (one.stand, stands[one.stand])):
            if not any(start <= one.slot < end for start, end in free):
                yield _mistake(
                    Problem.LOCKED_OUTSIDE, candidate=one.candidate, stand=one.stand, slot=one.slot, whose=whose
                )
    for side in ("candidate", "stand"):
        for (whose, slot), times in Counter((getattr(one, side), one.slot) for one in known).items():
            if times > 1:
                yield _mistake(Problem.LOCKED_CLASH, whose=whose, slot=slot)
    pairs = Counter(one.pair for one in known)
    for pair, times in pairs.items():
        if times > 1:
            yield _mistake(Problem.LOCKED_TWICE, candidate=pair.candidate, stand=pair.stand)
    pinned = {pair for pair in instance.pinned if pair.candidate in candidates and pair.stand in stands} - set(pairs)
    counts = Counter(pair.candidate for pair in (*pairs.elements(), *pinned))
    for candidate, count in counts.items():
        if count > instance.policy.cap:
            yield _mistake(Problem.LOCKED_OVER_CAP, candidate=candidate, count=count, cap=instance.policy.cap)
    forbidden = set(instance.forbidden)
    for pair in sorted((pairs.keys() | pinned) & forbidden):
        yield _mistake(Problem.KEPT_FORBIDDEN, candidate=pair.candidate, stand=pair.stand)
    taken = {(whose, one.slot) for one in known for whose in (("candidate", one.candidate), ("stand", one.stand))}
    for pair in sorted(pinned - forbidden):
        if not _free(candidates[pair.candidate], ("candidate", pair.candidate), taken) & _free(
            stands[pair.stand], ("stand", pair.stand), taken
        ):
            yield _mistake(Problem.PINNED_WITHOUT_TIME, candidate=pair.candidate, stand=pair.stand)


def _free(ranges: Ranges, whose: tuple[str, str], taken: Iterable[object]) -> set[int]:
    return {slot for slot in slots_of(ranges) if (whose, slot) not in taken}
