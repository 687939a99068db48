"""Wishes until a deadline, then a timetable, then what it left; reminders and invitations to wish. Both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import Invalid, NotFound, WishesClosed, WishesFirst
from jobdating.domain.wishing import WISHES_AHEAD, Mode
from jobdating.services import booking, opinions, waitlist, wishes, wishing
from jobdating.services.opinions import Opinion
from tests import factories as make
from tests.timetabling.fairs import Fair, fair, wish

UNTIL = make.BEFORE + timedelta(days=7)


def by_wishes(tx: Connection, until: datetime = UNTIL) -> Fair:
    made = fair(tx)
    wishing.change(tx, made.organiser, fair_id=made.id, mode=Mode.WISHES, until=until, now=make.BEFORE)
    return made


async def test_before_the_timetable_candidates_cannot_book_but_staff_can(db: Database) -> None:
    made = await db.write(by_wishes)
    slots = made.slots[made.stands[0]]
    with pytest.raises(WishesFirst):
        await db.write(booking.book, made.people[0], slot_id=slots[0], now=make.BEFORE)
    done = await db.write(
        booking.book, made.organiser, slot_id=slots[0], candidate_id=made.candidate(0), now=make.BEFORE
    )
    assert done.candidate_id == made.candidate(0)


async def test_nobody_waits_for_a_place_that_the_timetable_will_give(db: Database) -> None:
    made = await db.write(by_wishes)
    with pytest.raises(WishesFirst):
        await db.write(waitlist.join, made.people[0], stand_id=made.stands[0], now=make.BEFORE)


async def test_what_is_left_is_booked_when_the_organiser_says_so(db: Database) -> None:
    made = await db.write(by_wishes)
    with pytest.raises(Invalid):
        await db.write(wishing.open_rest, made.organiser, fair_id=made.id, now=make.BEFORE)
    await db.write(lambda tx: tx.execute(update(t.fairs).values(timetable_at=make.BEFORE)))
    slot = made.slots[made.stands[0]][0]
    with pytest.raises(WishesFirst):
        await db.write(booking.book, made.people[0], slot_id=slot, now=make.BEFORE)
    await db.write(wishing.open_rest, made.organiser, fair_id=made.id, now=make.BEFORE)
    assert (await db.write(booking.book, made.people[0], slot_id=slot, now=make.BEFORE)).slot_id == slot


async def test_who_gave_a_place_back_by_mistake_has_it_again(db: Database) -> None:
    made = await db.write(by_wishes)
    slot = made.slots[made.stands[0]][0]

    def undo(tx: Connection) -> str:
        held = booking.book(tx, made.organiser, slot_id=slot, candidate_id=made.candidate(0), now=make.BEFORE)
        booking.cancel(tx, made.people[0], booking_id=held.id, now=make.BEFORE)
        return booking.restore(tx, made.people[0], booking_id=held.id, now=make.BEFORE).state.value

    assert await db.write(undo) == "booked"


async def test_after_the_deadline_nobody_ranks_but_newcomers_and_the_organiser(db: Database) -> None:
    made = await db.write(by_wishes)
    late = UNTIL + timedelta(minutes=1)
    mine = {"candidate_id": made.candidate(0), "stand_id": made.stands[0]}
    with pytest.raises(WishesClosed) as caught:
        await db.write(wishes.remove, made.people[0], **mine, now=late)
    assert caught.value.params["until"] == UNTIL
    await db.write(wishes.place, made.organiser, **mine, rank=2, now=late)

    def arrive(tx: Connection) -> list[int]:
        newcomer = make.make_candidate(tx, made.id, registered_at=late)
        wishes.add(
            tx, newcomer, candidate_id=newcomer.candidates[made.id], stand_id=made.stands[1], now=late
        )  # fmt: skip
        return wishes.ranking(tx, newcomer.candidates[made.id])

    assert await db.write(arrive) == [made.stands[1]]


async def test_wishes_first_needs_a_deadline_within_the_fair(db: Database) -> None:
    made = await db.write(lambda tx: fair(tx))
    for until in (None, make.MORNING + timedelta(days=9)):
        with pytest.raises(Invalid):
            await db.write(
                wishing.change, made.organiser, fair_id=made.id, mode=Mode.WISHES, until=until, now=make.BEFORE
            )
    with pytest.raises(NotFound):
        await db.write(wishing.change, made.people[0], fair_id=made.id, mode=Mode.WISHES, until=UNTIL, now=make.BEFORE)


async def test_who_has_not_ranked_is_reminded_and_it_is_known_when(db: Database) -> None:
    made = await db.write(by_wishes)
    with pytest.raises(Invalid):
        await db.write(wishing.remind, made.organiser, fair_id=made.id, now=make.BEFORE)
    await db.write(lambda tx: make.make_candidate(tx, made.id).account_id)
    assert await db.write(wishing.remind, made.organiser, fair_id=made.id, now=make.BEFORE) == 1
    kinds = await db.read(lambda tx: list(tx.execute(select(t.outbox.c.kind)).scalars()))
    assert kinds == ["wishes"]
    with pytest.raises(Invalid):
        await db.write(wishing.remind, made.organiser, fair_id=made.id, now=UNTIL)


async def test_shortly_before_the_deadline_who_has_not_ranked_is_reminded_by_itself(db: Database) -> None:
    def due(tx: Connection) -> list[datetime]:
        return list(tx.execute(select(t.outbox.c.due_at).where(t.outbox.c.kind == "wishes")).scalars())

    def prepare(tx: Connection) -> Fair:
        made = fair(tx)
        make.make_candidate(tx, made.id)
        wishing.change(tx, made.organiser, fair_id=made.id, mode=Mode.WISHES, until=UNTIL, now=make.BEFORE)
        return made

    made = await db.write(prepare)
    assert await db.read(due) == [UNTIL - WISHES_AHEAD]
    later = UNTIL + timedelta(days=1)
    await db.write(wishing.change, made.organiser, fair_id=made.id, mode=Mode.WISHES, until=later, now=make.BEFORE)
    assert await db.read(due) == [later - WISHES_AHEAD]
    await db.write(wishing.change, made.organiser, fair_id=made.id, mode=Mode.OPEN, until=later, now=make.BEFORE)
    assert await db.read(due) == []


async def test_a_candidate_is_asked_once_to_wish_for_a_stand(db: Database) -> None:
    def prepare(tx: Connection) -> tuple[Fair, int]:
        made = fair(tx)
        return made, make.make_candidate(tx, made.id).candidates[made.id]

    made, stranger = await db.write(prepare)
    asked: dict[str, Any] = {"fair_id": made.id, "stand_id": made.stands[0], "now": make.BEFORE}
    people = [stranger, made.candidate(0)]  # the second wishes for it already
    assert await db.write(wishing.solicit, made.organiser, candidate_ids=people, **asked) == 1
    assert await db.write(wishing.solicit, made.organiser, candidate_ids=people, **asked) == 0
    with pytest.raises(NotFound):
        await db.write(wishing.solicit, made.people[0], candidate_ids=people, **asked)


async def test_a_stand_puts_its_favourites_in_order_and_refuses(db: Database) -> None:
    made = await db.write(lambda tx: fair(tx, people=4))
    recruiter = await db.write(lambda tx: make.make_recruiter(tx, made.stands[0]))

    async def say(number: int, opinion: Opinion) -> list[tuple[int, int | None, bool]]:
        await db.write(
            opinions.give, recruiter, stand_id=made.stands[0], candidate_id=made.candidate(number), opinion=opinion,
            now=make.BEFORE,
        )  # fmt: skip
        o = t.opinions.c
        rows = await db.read(
            lambda tx: tx.execute(
                select(o.candidate_id, o.rank, o.refused).order_by(o.refused, o.rank, o.candidate_id)
            ).all()
        )
        return [(row.candidate_id, row.rank, row.refused) for row in rows]

    one, two, three = (made.candidate(number) for number in (0, 1, 2))
    await say(0, Opinion.LIKE)
    assert await say(1, Opinion.LIKE) == [(one, 1, False), (two, 2, False)]
    assert await say(1, Opinion.FIRST) == [(two, 1, False), (one, 2, False)]
    assert await say(2, Opinion.REFUSE) == [(two, 1, False), (one, 2, False), (three, None, True)]
    assert await say(1, Opinion.REFUSE) == [(one, 1, False), (two, None, True), (three, None, True)]
    assert await say(2, Opinion.NONE) == [(one, 1, False), (two, None, True)]


async def test_only_the_stand_speaks_of_those_who_wish_for_it(db: Database) -> None:
    made = await db.write(lambda tx: fair(tx))
    foreign = await db.write(lambda tx: make.make_recruiter(tx, made.stands[1]))
    stranger = await db.write(lambda tx: make.make_candidate(tx, made.id))
    recruiter = await db.write(lambda tx: make.make_recruiter(tx, made.stands[0]))
    for actor, who in ((foreign, made.candidate(0)), (recruiter, stranger.candidates[made.id])):
        with pytest.raises(NotFound):
            await db.write(
                opinions.give, actor, stand_id=made.stands[0], candidate_id=who, opinion=Opinion.LIKE, now=make.BEFORE
            )


async def test_open_booking_is_as_it_was(db: Database) -> None:
    def prepare(tx: Connection) -> tuple[Fair, int]:
        made = fair(tx)
        late = make.make_candidate(tx, made.id)
        wish(tx, late, made.id, made.stands)
        return made, booking.book(tx, late, slot_id=made.slots[made.stands[0]][0], now=make.BEFORE).id

    assert (await db.write(prepare))[1]
