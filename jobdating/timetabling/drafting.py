"""Solves the drafts of a fair from its snapshot, and keeps what came out. Says nothing; the caller does.

The solver works in its own process; the database is read once, and written in short writes.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from jobdating.clock import Clock
from jobdating.db.engine import Database
from jobdating.domain.errors import NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.timetable import Cost, Instance, Malformed, Mistake, Solution, Strength
from jobdating.domain.weighing import MENDING, STANDARD, Preset, Weights
from jobdating.queries import snapshot as snapshots
from jobdating.queries import timetables
from jobdating.queries.timetables import Draft
from jobdating.services import timetable as service
from jobdating.services.timetable import Solved
from jobdating.timetabling import process
from jobdating.timetabling.assembling import Assembly, assemble
from jobdating.timetabling.measuring import measure
from jobdating.timetabling.process import Failed
from jobdating.timetabling.work import FirstCome, Force, Job, Mend, Result, Solve


@dataclass(frozen=True)
class Outcome:
    """What came of it: `mistakes` tell why nothing did."""

    solved: dict[str, Solved]
    mistakes: tuple[Mistake, ...] = ()


async def draft(db: Database, actor: Actor, *, fair_id: int, clock: Clock) -> Outcome:
    """Solve every draft of the fair; the drafts must have been asked for (`service.ask`). Raises NotFound."""
    try:
        fair = await db.read(snapshots.snapshot, fair_id, now=clock.now())
        drafts = {each.letter: each for each in await db.read(timetables.drafts, fair_id) if each.letter in STANDARD}
        assembly = await asyncio.to_thread(assemble, fair)
        letters = sorted(drafts, key=lambda letter: (drafts[letter].preset == Preset.FIRST_COME, letter))
        instances = {
            letter: await asyncio.to_thread(assembly.instance, Weights.of(drafts[letter].policy)) for letter in letters
        }
        solved = await _solved(db, fair_id, assembly, drafts, letters, instances, clock)
    except Malformed as malformed:
        await _give_up(db, fair_id, list(STANDARD), malformed.mistakes, clock)
        return Outcome({}, malformed.mistakes)
    except (Failed, NotFound):
        await _give_up(db, fair_id, list(STANDARD), (), clock)
        raise
    await db.write(service.keep, actor, fair_id=fair_id, solved=solved, now=clock.now())
    return Outcome(solved)


async def mend(db: Database, actor: Actor, *, fair_id: int, strength: Strength, clock: Clock) -> Outcome:
    """Draft what would be mended, with that strength, under the weights that were published."""
    try:
        fair = await db.read(snapshots.snapshot, fair_id, now=clock.now())
        [asked] = [each for each in await db.read(timetables.drafts, fair_id) if each.letter == MENDING]
        assembly = await asyncio.to_thread(assemble, fair)
        instance = await asyncio.to_thread(assembly.instance, Weights.of(asked.policy), mending=True)
        job = Mend(instance, assembly.published(), strength)
        async with aclosing(process.run([job])) as results:
            result = await anext(results)
        assert isinstance(result, Solution)
        solved = {MENDING: await asyncio.to_thread(_measured, assembly, result, result.score, result.bound)}
    except Malformed as malformed:
        await _give_up(db, fair_id, [MENDING], malformed.mistakes, clock)
        return Outcome({}, malformed.mistakes)
    except Failed:
        await _give_up(db, fair_id, [MENDING], (), clock)
        raise
    await db.write(service.keep, actor, fair_id=fair_id, solved=solved, now=clock.now())
    return Outcome(solved)


async def force(
    db: Database, *, fair_id: int, letter: str, candidate_id: int, stand_id: int, clock: Clock
) -> tuple[Cost, Assembly]:
    """What letting these two meet would cost the others in that draft. Raises NotFound, Malformed, Failed."""
    fair = await db.read(snapshots.snapshot, fair_id, now=clock.now())
    kept = await db.read(timetables.solved, fair_id, letter)
    assembly = await asyncio.to_thread(assemble, fair)
    instance = await asyncio.to_thread(assembly.instance, Weights.of(kept.policy))
    solution = await asyncio.to_thread(_again, assembly, instance, kept)
    pair = assembly.pair(candidate_id, stand_id)
    async with aclosing(process.run([Force(instance, solution, pair.candidate, pair.stand)])) as results:
        cost = await anext(results)
    assert isinstance(cost, Cost)
    return cost, assembly


async def _solved(
    db: Database,
    fair_id: int,
    assembly: Assembly,
    drafts: dict[str, Draft],
    letters: list[str],
    instances: dict[str, Instance],
    clock: Clock,
) -> dict[str, Solved]:
    """Each draft, told as it is reached. What open booking would give is compared by the first policy's measure."""
    measure_by = next((letter for letter in letters if drafts[letter].preset != Preset.FIRST_COME), letters[0])
    order = tuple(str(person.candidate_id) for person in assembly.fair.people)
    known = {candidate.id for candidate in instances[measure_by].candidates}
    jobs: list[Job] = [
        FirstCome(instances[measure_by], tuple(name for name in order if name in known))
        if drafts[letter].preset == Preset.FIRST_COME
        else Solve(instances[letter])
        for letter in letters
    ]
    found: dict[str, Solved] = {}
    best = 0
    async with aclosing(process.run(jobs)) as results:
        for letter in letters:
            await db.write(service.reach, fair_id=fair_id, letter=letter, step="solve", now=clock.now())
            result = await _next(results)
            if letter == measure_by:
                best = result.bound
            bound = best if drafts[letter].preset == Preset.FIRST_COME else result.bound
            await db.write(service.reach, fair_id=fair_id, letter=letter, step="measure", now=clock.now())
            found[letter] = await asyncio.to_thread(_measured, assembly, result, result.score, bound)
    return found


async def _next(results: AsyncIterator[Result]) -> Solution:
    result = await anext(results)
    assert isinstance(result, Solution)
    return result


def _measured(assembly: Assembly, solution: Solution, score: int, bound: int) -> Solved:
    given, denied = assembly.given(solution.interviews), assembly.denied(solution)
    figures = measure(assembly.fair, given, denied, score=score, bound=bound)
    figures |= {"score": score, "bound": bound, "lanes": assembly.has_lanes}
    held = {(each.candidate_id, each.slot_id) for each in assembly.fair.held if not each.movable}
    return Solved(
        figures,
        [[candidate, slot, int((candidate, slot) in held)] for candidate, slot in given],
        [[candidate, stand, code.value] for candidate, stand, code in denied],
    )


def _again(assembly: Assembly, instance: Instance, kept: Any) -> Solution:
    """A kept draft as a solution of the instance, without what it no longer allows."""
    return Solution(assembly.interviews(kept.interviews or []), kept.figures["score"], kept.figures["bound"], ())


async def _give_up(db: Database, fair_id: int, letters: list[str], mistakes: tuple[Mistake, ...], clock: Clock) -> None:
    trouble = [[mistake.problem.value, dict(mistake.params)] for mistake in mistakes] or [["failed", {}]]
    await db.write(service.give_up, fair_id=fair_id, letters=letters, trouble=trouble, now=clock.now())
