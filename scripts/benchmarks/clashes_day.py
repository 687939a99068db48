"""A half-day of a fair whose candidates have interviews at several stands: what `clashes` counts. Minutes from 9:00."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from math import exp, log
from random import Random

from jobdating.domain.arbiter import Entry, Reason, TimeBox, choose
from jobdating.domain.estimate import Current, Finished, StandState, Waiting
from jobdating.simulation.day import BASE, SLOTS, Conditions, moment

STANDS = 40
SEVERAL = (2, 3)  # interviews of a candidate in the half-day
AGREE = 0.7  # of those who are asked to come before their time
BOX = TimeBox()
LENGTH = timedelta(minutes=BASE.planned)
A_MOMENT = timedelta(minutes=2)  # before a person who comes out of a room is looked for


@dataclass
class Visit:
    """One booking: what will happen, drawn before, and what has happened so far."""

    number: int
    stand: int
    candidate: int
    booked: float
    arrives: float | None
    answers: float
    lasts: float
    turnover: float
    agrees: bool
    refused: float | None = None
    called: float | None = None
    started: float | None = None
    left: float | None = None
    came: bool = False


@dataclass(frozen=True)
class Blocked:
    """A stand turned to somebody at their time, and they were in another room: in that of the booking `other`."""

    at: float
    visit: int
    other: int


@dataclass
class Fair:
    """The half-day of all stands. `play` runs it; `blocked` and the visits say how it went."""

    visits: list[Visit]
    blocked: list[Blocked] = field(default_factory=list)
    lost: float = 0.0  # minutes that stands waited for somebody in another room

    def __post_init__(self) -> None:
        self.by_stand: dict[int, list[Visit]] = defaultdict(list)
        for visit in sorted(self.visits, key=lambda visit: visit.booked):
            self.by_stand[visit.stand].append(visit)
        self._inside: dict[int, Visit] = {}  # by candidate
        self._free: dict[int, float] = defaultdict(float)  # when a stand may call again
        self._seen: set[int] = set()
        self._waits: dict[int, float] = {}  # since when a stand waits for somebody in another room

    def play(self, *, arbiter: bool, every: float = 0.0, look: Callable[[float], None] | None = None) -> None:
        """Run to the end; `look` is called each `every` minutes with the time."""
        events: list[tuple[float, int, int]] = [(visit.booked, 1, visit.stand) for visit in self.visits]
        if look is not None:
            events += [(every * count, 0, 0) for count in range(1, int(SLOTS * BASE.slot / every))]
        events.sort()
        while events:
            now, kind, stand = heappop(events)
            if kind == 0 and look is not None:
                look(now)
                continue
            for each in [stand] if stand else list(self.by_stand):
                for visit in self._turn(each, now, arbiter=arbiter):
                    assert visit.left is not None
                    heappush(events, (visit.left, 2, 0))  # they come out: other stands may have waited for them
                    heappush(events, (visit.left + visit.turnover, 1, visit.stand))

    def _turn(self, stand: int, now: float, *, arbiter: bool) -> Iterator[Visit]:
        """Whom a stand that is free calls now; nobody, or one."""
        for candidate, inside in list(self._inside.items()):
            if inside.left is not None and inside.left <= now:
                del self._inside[candidate]
        waiting = [visit for visit in self.by_stand[stand] if visit.called is None]
        if not waiting or self._free[stand] > now or waiting[0].booked > now:
            return
        chosen = waiting[0]
        if chosen.candidate in self._inside:
            self._note(chosen, now)
            found = self._meanwhile(waiting, now) if arbiter else None
            if found is None:
                self._waits.setdefault(stand, now)
                return
            chosen = found
        self.lost += now - self._waits.pop(stand, now)
        self._call(chosen, now)
        yield chosen

    def _note(self, visit: Visit, now: float) -> None:
        if visit.number not in self._seen:
            self._seen.add(visit.number)
            self.blocked.append(Blocked(now, visit.number, self._inside[visit.candidate].number))

    def _meanwhile(self, waiting: list[Visit], now: float) -> Visit | None:
        """Whom the arbiter would serve while the first is in another room. Who is asked answers at once."""
        while True:
            choice = choose([self._entry(visit, now) for visit in waiting], now=moment(now), length=LENGTH, box=BOX)
            chosen = next((visit for visit in waiting if visit.number == choice.booking_id), None)
            if chosen is None or choice.reason is not Reason.HEAD_BUSY:
                return None
            if not choice.ask or chosen.agrees:
                return chosen
            chosen.refused = now

    def _entry(self, visit: Visit, now: float) -> Entry:
        other = self._inside.get(visit.candidate)
        return Entry(
            visit.number,
            moment(visit.booked),
            present=visit.arrives is not None and visit.arrives <= now,
            busy_until=max(planned_end(other), moment(now) + timedelta(seconds=1)) if other else None,
            refused_at=moment(visit.refused) if visit.refused is not None else None,
        )

    def _call(self, visit: Visit, now: float) -> None:
        visit.called = now
        visit.came = visit.arrives is not None and visit.arrives <= now + BASE.grace
        if visit.came:
            assert visit.arrives is not None
            visit.started = max(now, visit.arrives) + visit.answers
            visit.left = visit.started + visit.lasts
            self._inside[visit.candidate] = visit
        else:
            visit.left = now + BASE.grace
        self._free[visit.stand] = visit.left + visit.turnover

    def state(self, stand: int, now: float) -> StandState:
        """What the journal holds of a stand."""
        visits = self.by_stand[stand]
        over = [visit for visit in visits if visit.left is not None and visit.left <= now]
        inside = next((v for v in visits if v.called is not None and v.left is not None and v.left > now), None)
        return StandState(
            stand_id=stand,
            planned=LENGTH,
            queue=tuple(self._waiting(visit, now) for visit in visits if visit.called is None),
            current=_current(inside, now) if inside else None,
            finished=tuple(_finished(visit) for visit in over if visit.came),
            no_shows=tuple(moment(visit.left or 0.0) for visit in over if not visit.came),
        )

    def running(self, now: float) -> list[Visit]:
        """The interviews that go on."""
        return [v for v in self.visits if v.called is not None and v.came and v.left is not None and v.left > now]

    def _waiting(self, visit: Visit, now: float) -> Waiting:
        other = self._inside.get(visit.candidate)
        return Waiting(
            visit.number,
            moment(visit.booked),
            present=visit.arrives is not None and visit.arrives <= now,
            ready_at=max(planned_end(other), moment(now) + A_MOMENT) if other else None,
        )


def planned_end(visit: Visit) -> datetime:
    """When an interview that was called should be over, as everybody knows it."""
    assert visit.called is not None
    return moment(visit.started if visit.started is not None else visit.called) + LENGTH


def _current(visit: Visit, now: float) -> Current:
    assert visit.called is not None
    started = visit.started if visit.started is not None and visit.started <= now else None
    here = visit.arrives is not None and visit.arrives <= now
    return Current(moment(visit.called), moment(started) if started is not None else None, present=here)


def _finished(visit: Visit) -> Finished:
    assert visit.called is not None and visit.started is not None and visit.left is not None
    assert visit.arrives is not None
    return Finished(
        moment(visit.started), moment(visit.left), moment(visit.called), moment(visit.booked), moment(visit.arrives)
    )


def drawn(seed: int, *, gap: int, conditions: Conditions = BASE) -> list[Visit]:
    """The bookings of a fair: 85 % of the places, by people with two or three interviews one after the other, as soon
    as `gap` free slots between them allow. That is as bad as it gets: who has hours between two is never in two rooms."""
    random = Random(seed)
    usual = [log(conditions.median) + random.gauss(0, conditions.between_stands) for _ in range(STANDS)]
    free = [list(range(1, STANDS + 1)) for _ in range(SLOTS)]
    for stands in free:
        random.shuffle(stands)
    wanted, visits, candidate = round(STANDS * SLOTS * conditions.filled), list[Visit](), 0
    while len(visits) < wanted:
        candidate += 1
        count, slot, mine = random.choice(SEVERAL), random.randrange(SLOTS), set[int]()
        while slot < SLOTS and len(mine) < count:
            stand = next((stand for stand in free[slot] if stand not in mine), None)
            if stand is not None:
                free[slot].remove(stand)
                mine.add(stand)
                visits.append(_visit(len(visits) + 1, stand, slot, candidate, usual[stand - 1], random, conditions))
            slot += 1 if stand is None else gap + 1
    return visits


def _visit(
    number: int, stand: int, slot: int, candidate: int, usual: float, random: Random, conditions: Conditions
) -> Visit:
    booked = slot * conditions.slot
    arrives = booked - random.gauss(conditions.early, conditions.early_sd)
    return Visit(
        number=number,
        stand=stand,
        candidate=candidate,
        booked=booked,
        arrives=None if random.random() < conditions.no_show else arrives,
        answers=random.expovariate(1 / conditions.answer),
        lasts=exp(random.gauss(usual, conditions.within_stand)),
        turnover=random.expovariate(1 / conditions.turnover),
        agrees=random.random() < AGREE,
    )
