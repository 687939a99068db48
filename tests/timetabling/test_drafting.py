"""A fair is read, solved in another process, measured and kept; what is booked or decided is heeded. Both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.policy import SYSTEM
from jobdating.domain.timetable import Problem, Strength
from jobdating.domain.weighing import MENDING
from jobdating.domain.wishing import Decision
from jobdating.exchange import importing
from jobdating.exchange.reading import read_path
from jobdating.queries import snapshot as snapshots
from jobdating.queries import timetables
from jobdating.services import booking, opinions, publishing, timetable
from jobdating.services.opinions import Opinion
from jobdating.timetabling import drafting
from jobdating.timetabling.drafting import Outcome
from tests import factories as make
from tests.exchange import workbooks as books
from tests.queries.statements import counted
from tests.timetabling.fairs import Fair, booked, fair, solve, wish

CLOCK = SteppedClock(make.BEFORE)


def pairs(outcome: Outcome, made: Fair, letter: str = "B") -> set[tuple[int, int]]:
    """(candidate, stand) that meet in a draft."""
    stand_of = {slot: stand for stand, slots in made.slots.items() for slot in slots}
    return {(candidate, stand_of[slot]) for candidate, slot, _ in outcome.solved[letter].interviews}


async def test_everybody_meets_whom_they_wish_for_where_there_is_room(db: Database) -> None:
    made = await db.write(lambda tx: fair(tx, slots=8))
    outcome = await solve(db, made)
    assert len(pairs(outcome, made)) == 6
    figures = outcome.solved["B"].figures
    assert (figures["people"], figures["at_least"][0], figures["by_rank"][0]) == (3, 3, 3)
    assert outcome.solved["B"].denied == []


async def test_what_is_booked_is_kept_and_counts(db: Database) -> None:
    def prepare(tx: Connection) -> Fair:
        made = fair(tx, slots=8, cap=1)
        booking.book(tx, made.people[0], slot_id=made.slots[made.stands[1]][5], now=make.BEFORE)
        return made

    made = await db.write(prepare)
    outcome = await solve(db, made)
    mine = [each for each in outcome.solved["B"].interviews if each[0] == made.candidate(0)]
    assert mine == [[made.candidate(0), made.slots[made.stands[1]][5], 1]]


async def test_nobody_is_given_two_interviews_closer_than_the_gap(db: Database) -> None:
    made = await db.write(lambda tx: fair(tx, stands=3, slots=12, people=6))
    outcome = await solve(db, made)
    await db.write(publishing.publish, made.organiser, fair_id=made.id, letter="B", now=make.BEFORE)
    assert outcome.solved["B"].figures["back_to_back"] == 0


async def test_a_refusal_a_decision_and_a_foreign_trade_are_told_apart(db: Database) -> None:
    def prepare(tx: Connection) -> Fair:
        made = fair(tx, stands=4, slots=8, people=2)
        opinions.give(
            tx, make.make_recruiter(tx, made.stands[0]), stand_id=made.stands[0], candidate_id=made.candidate(0),
            opinion=Opinion.REFUSE, now=make.BEFORE,
        )  # fmt: skip
        timetable.decide(
            tx, made.organiser, candidate_id=made.candidate(0), stand_id=made.stands[1], decision=Decision.FORBID,
            now=make.BEFORE,
        )  # fmt: skip
        tx.execute(update(t.wishes).where(t.wishes.c.stand_id == made.stands[2]).values(eligible=False))
        return made

    made = await db.write(prepare)
    outcome = await solve(db, made)
    denied = {(candidate, stand): code for candidate, stand, code in outcome.solved["B"].denied}
    assert denied[made.candidate(0), made.stands[0]] == "refused"
    assert denied[made.candidate(0), made.stands[1]] == "forbidden"
    assert denied[made.candidate(1), made.stands[2]] == "ineligible"
    assert (made.candidate(0), made.stands[3]) in pairs(outcome, made)


async def test_a_pinned_pair_meets_and_a_favourite_goes_first(db: Database) -> None:
    def prepare(tx: Connection) -> Fair:
        made = fair(tx, stands=1, slots=1, people=4)
        timetable.decide(
            tx, made.organiser, candidate_id=made.candidate(3), stand_id=made.stands[0], decision=Decision.PIN,
            now=make.BEFORE,
        )  # fmt: skip
        return made

    made = await db.write(prepare)
    assert pairs(await solve(db, made), made) == {(made.candidate(3), made.stands[0])}
    liked = await db.write(lambda tx: fair(tx, stands=1, slots=1, people=4))

    def like(tx: Connection) -> None:
        opinions.give(
            tx, make.make_recruiter(tx, liked.stands[0]), stand_id=liked.stands[0], candidate_id=liked.candidate(2),
            opinion=Opinion.LIKE, now=make.BEFORE,
        )  # fmt: skip

    await db.write(like)
    assert pairs(await solve(db, liked), liked) == {(liked.candidate(2), liked.stands[0])}


async def test_a_pin_that_cannot_be_is_refused_in_words_and_the_last_drafts_stay(db: Database) -> None:
    made = await db.write(lambda tx: fair(tx))
    await solve(db, made)

    def pin(tx: Connection) -> None:
        stranger = make.make_candidate(tx, made.id, availability=[])
        timetable.decide(
            tx, made.organiser, candidate_id=stranger.candidates[made.id], stand_id=made.stands[0],
            decision=Decision.PIN, now=make.BEFORE,
        )  # fmt: skip

    await db.write(pin)
    outcome = await solve(db, made)
    assert [mistake.problem for mistake in outcome.mistakes] == [Problem.PINNED_WITHOUT_TIME]
    drafts = await db.read(timetables.drafts, made.id)
    assert all(draft.trouble and draft.figures and draft.step == "idle" for draft in drafts)


async def test_a_group_stand_takes_as_many_as_it_has_places(db: Database) -> None:
    def prepare(tx: Connection) -> Fair:
        fair_id = make.make_fair(tx)
        stand = make.make_stand(tx, fair_id)
        slots = make.make_slots(tx, stand, count=1, capacity=3)
        people = [make.make_candidate(tx, fair_id) for _ in range(5)]
        for actor in people:
            wish(tx, actor, fair_id, [stand])
        return Fair(fair_id, make.make_organiser(tx, fair_id), (stand,), {stand: slots}, tuple(people))

    made = await db.write(prepare)
    outcome = await solve(db, made)
    assert len(outcome.solved["B"].interviews) == 3
    assert outcome.solved["B"].figures["lanes"]
    done = await db.write(publishing.publish, made.organiser, fair_id=made.id, letter="B", now=make.BEFORE)
    assert done.made == 3
    seats = await db.read(lambda tx: sorted(tx.execute(select(t.bookings.c.seat)).scalars()))
    assert seats == [1, 2, 3]


async def test_asking_twice_is_asking_once(db: Database) -> None:
    made = await db.write(lambda tx: fair(tx))
    assert await db.write(timetable.ask, made.organiser, fair_id=made.id, now=make.BEFORE)
    assert not await db.write(timetable.ask, made.organiser, fair_id=made.id, now=make.BEFORE)
    later = make.BEFORE + timetable.STUCK + timedelta(seconds=1)
    assert await db.write(timetable.ask, made.organiser, fair_id=made.id, now=later)


async def test_what_forcing_a_wish_costs_is_told(db: Database) -> None:
    made = await db.write(lambda tx: fair(tx, stands=1, slots=1, people=2))
    outcome = await solve(db, made)
    [(winner, stand)] = pairs(outcome, made)
    loser = next(made.candidate(n) for n in range(2) if made.candidate(n) != winner)
    cost, assembly = await drafting.force(
        db, fair_id=made.id, letter="B", candidate_id=loser, stand_id=stand, clock=CLOCK
    )
    assert cost.others > 0
    assert assembly.named(cost.lost) == [(winner, stand)]


async def test_who_cancelled_is_not_given_the_same_again(db: Database) -> None:
    made = await db.write(lambda tx: fair(tx, stands=2, slots=8, people=1))
    await solve(db, made)
    await db.write(publishing.publish, made.organiser, fair_id=made.id, letter="B", now=make.BEFORE)

    def cancel(tx: Connection) -> int:
        first = tx.execute(select(t.bookings.c.id).order_by(t.bookings.c.id)).scalars().first()
        assert first is not None
        return booking.cancel(tx, made.people[0], booking_id=first, now=make.BEFORE).stand_id

    stand = await db.write(cancel)
    await db.write(
        timetable.ask_mending, made.organiser, fair_id=made.id, strength=Strength.KEEP_ALL.value, now=make.BEFORE
    )
    outcome = await drafting.mend(
        db, made.organiser, fair_id=made.id, strength=Strength.KEEP_ALL, clock=CLOCK
    )  # fmt: skip
    assert [made.candidate(0), stand, "given_up"] in outcome.solved[MENDING].denied


@pytest.mark.parametrize("strength", [Strength.KEEP_ALL, Strength.MOVE_FEW, Strength.ANEW])
async def test_a_newcomer_is_fitted_in_when_the_timetable_is_mended(db: Database, strength: Strength) -> None:
    made = await db.write(lambda tx: fair(tx, stands=2, slots=4, people=3))
    await solve(db, made)
    await db.write(publishing.publish, made.organiser, fair_id=made.id, letter="B", now=make.BEFORE)
    before = await db.read(booked, made.id)

    def arrive(tx: Connection) -> int:
        newcomer = make.make_candidate(tx, made.id)
        wish(tx, newcomer, made.id, [made.stands[0]])
        return newcomer.candidates[made.id]

    newcomer = await db.write(arrive)
    await db.write(timetable.ask_mending, made.organiser, fair_id=made.id, strength=strength.value, now=make.BEFORE)
    await drafting.mend(db, made.organiser, fair_id=made.id, strength=strength, clock=CLOCK)
    await db.write(publishing.publish, made.organiser, fair_id=made.id, letter=MENDING, now=make.BEFORE)
    after = await db.read(booked, made.id)
    assert newcomer in {candidate for candidate, _ in after}
    if strength is Strength.KEEP_ALL:
        assert before <= after


async def test_a_snapshot_takes_as_many_statements_for_three_as_for_one(db: Database) -> None:
    small = await db.write(lambda tx: fair(tx, people=1, stands=1))
    large = await db.write(lambda tx: fair(tx, people=5, stands=3))

    def count(tx: Connection, fair_id: int) -> int:
        with counted(tx) as seen:
            snapshots.snapshot(tx, fair_id, now=make.BEFORE)
        return len(seen)

    assert await db.read(count, small.id) == await db.read(count, large.id)


async def test_the_training_centres_own_fair_is_solved_and_published(db: Database) -> None:
    """Where it is at hand: nearly everybody meets somebody, no rule is broken, and all of it becomes bookings."""
    for path in books.shared("juin-2027")[:1]:
        await importing.carry_out(db, SYSTEM, read_path(path), slug=None, now=make.BEFORE)
        fair_id = await db.read(lambda tx: tx.execute(select(t.fairs.c.id)).scalar_one())
        await db.write(timetable.ask, SYSTEM, fair_id=fair_id, now=make.BEFORE)
        outcome = await drafting.draft(db, SYSTEM, fair_id=fair_id, clock=CLOCK)
        ours, theirs = outcome.solved["B"].figures, outcome.solved["A"].figures
        assert ours["at_least"][0] > theirs["at_least"][0]
        assert ours["by_rank"][0] > theirs["by_rank"][0]
        assert ours["back_to_back"] == 0
        assert ours["gap"] <= 0.005
        done = await db.write(publishing.publish, SYSTEM, fair_id=fair_id, letter="B", now=make.BEFORE)
        assert done.made == ours["interviews"]
        assert await db.write(wishing_state, fair_id) == (done.made, ours["interviews"])


def wishing_state(tx: Connection, fair_id: int) -> tuple[int, int]:
    """How many bookings there are, and how many places the draft gave."""
    assert timetables.wishing(tx, fair_id).published_at == make.BEFORE
    given = timetables.solved(tx, fair_id, "B").interviews
    return len(booked(tx, fair_id)), len(given)
