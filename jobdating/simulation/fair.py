"""Sets up the simulated fair from a seed: sites, trainings, companies, stands, slots and people. No booking yet.

Writes tables directly, in bulk, as an import does: before anything is booked there is nothing a service would guard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.policy import Actor
from jobdating.domain.slots import Span, cut
from jobdating.domain.states import Level, RoomProvider, StandKind
from jobdating.simulation import words
from jobdating.simulation.people import People, Player, insert_many, insert_one, slug
from jobdating.simulation.people import candidates as make_candidates
from jobdating.simulation.setting import HalfDay, Setting

ZONE = "Europe/Paris"
SLUG = "juin-2027"
DAYS = (date(2027, 6, 17), date(2027, 6, 18), date(2027, 6, 19))
HOURS = (("09:00", "12:00"), ("14:00", "17:00"))
INTERVIEW, BUFFER, GAP = timedelta(minutes=10), timedelta(minutes=5), timedelta(minutes=15)
MEETING, BETWEEN_MEETINGS = timedelta(minutes=25), timedelta(minutes=5)
CAP = 8
OPENS_AT = datetime(2027, 5, 3, 8, tzinfo=ZoneInfo(ZONE))
CLOSES_AT = datetime(2027, 6, 19, 16, 30, tzinfo=ZoneInfo(ZONE))
SETTING = Setting(DAYS[0], DAYS[-1], HOURS, ZONE, INTERVIEW, OPENS_AT, CLOSES_AT)


@dataclass(frozen=True)
class Place:
    """A stand with who works there. `slots` are (id, span, capacity), in order of time."""

    id: int
    kind: StandKind
    capacity: int
    trades: frozenset[str]
    asks_confirmation: bool
    takes_walk_ins: bool
    actor: Actor
    slots: tuple[tuple[int, Span, int], ...]
    setting: Setting = SETTING

    @cached_property
    def half_days(self) -> dict[HalfDay, Span]:
        """From the first slot to the last of each half-day on which the stand is there."""
        found: dict[HalfDay, Span] = {}
        for _, span, _ in self.slots:
            half = self.setting.half_of_slot(span)
            before = found.get(half, span)
            found[half] = Span(before.start, max(before.end, span.end))
        return found


@dataclass(frozen=True)
class Cast:
    """Everybody in the fair. The first candidate and the first stand are those a visitor of the demo becomes."""

    fair_id: int
    candidates: tuple[Player, ...]
    stands: tuple[Place, ...]
    organisers: tuple[Actor, ...]
    setting: Setting = SETTING


def build(tx: Connection, *, seed: int) -> Cast:
    """Insert a whole fair; the same seed gives the same fair."""
    random = Random(f"{seed}:fair")
    fair_id = insert_one(tx, t.fairs, _fair())
    sites = insert_many(tx, t.sites, [_site(fair_id, *site) for site in words.SITES])
    _trainings(tx, fair_id, sites, random)
    people = People(random, since=OPENS_AT)
    companies = insert_many(
        tx, t.companies, [_company(fair_id, number, firm, random) for number, firm in enumerate(words.FIRMS)]
    )
    _offers(tx, companies, random)
    stands = _stands(tx, fair_id, companies, people, random)
    organisers = _organisers(tx, fair_id, people)
    candidates = make_candidates(tx, fair_id, sites, people, random, since=OPENS_AT)
    _wishes(tx, candidates, stands, random)
    journal.append(tx, events.FairImported(fair_id=fair_id), at=OPENS_AT)
    return Cast(fair_id, candidates, stands, organisers)


def hours(day: date, half: int) -> Span:
    """One half-day of the fair, 0 the morning, 1 the afternoon."""
    return SETTING.stretches[day, half]


def _fair() -> dict[str, Any]:
    return {
        "slug": SLUG,
        "name": words.FAIR_NAME,
        "first_day": DAYS[0],
        "last_day": DAYS[-1],
        "timezone": ZONE,
        "hours": [list(half) for half in HOURS],
        "opens_at": OPENS_AT,
        "closes_at": CLOSES_AT,
        "interview_minutes": INTERVIEW // timedelta(minutes=1),
        "buffer_minutes": BUFFER // timedelta(minutes=1),
        "gap_minutes": GAP // timedelta(minutes=1),
        "cap": CAP,
        "contact_email": "jobdating@centre.example",
        "contact_phone": "06 39 98 00 10",
    }


def _site(fair_id: int, name: str, address: str, postcode: str, opens: bool) -> dict[str, Any]:
    days = [date(2027, 6, 29) + timedelta(days=n) for n in range(6)] if opens else []
    return {
        "fair_id": fair_id,
        "name": name,
        "address": address,
        "postcode": postcode,
        "open_days": [{"day": day.isoformat(), "hours": [list(half) for half in HOURS]} for day in days],
        "visit_capacity": 12 if opens else None,
    }


def _trainings(tx: Connection, fair_id: int, sites: Sequence[int], random: Random) -> None:
    months = {Level.CAP: 24, Level.BAC_PRO: 36, Level.TITRE_PRO: 12, Level.BTS: 24, Level.LICENCE_PRO: 12}
    rows = [
        {
            "fair_id": fair_id,
            "title": f"{level.value} {trade.name}",
            "trade": trade.name,
            "level": level.value,
            "months": months[level],
        }
        for trade in words.TRADES
        for level in Level
    ]
    links = [
        {"training_id": training, "site_id": site}
        for training in insert_many(tx, t.trainings, rows)
        for site in sorted(random.sample(list(sites), random.randint(1, 3)))
    ]
    tx.execute(insert(t.training_sites), links)


def _company(fair_id: int, number: int, firm: words.Firm, random: Random) -> dict[str, Any]:
    trade = words.TRADES[firm.trades[0]]
    since = random.randint(1951, 2016)
    return {
        "fair_id": fair_id,
        "slug": slug(firm.name),
        "name": firm.name,
        "postcode": firm.postcode,
        "town": firm.town,
        "sector": trade.name,
        "headcount": str(firm.headcount),
        "website": f"https://{slug(firm.name)}.example" if number % 5 else "",
        "about": f"{firm.headcount} personnes à {firm.town} depuis {since}. Ici, on apprend à {trade.work}.",
    }


def _offers(tx: Connection, companies: Sequence[int], random: Random) -> None:
    rows = [
        {
            "company_id": company_id,
            "title": random.choice(words.TRADES[number].posts),
            "trade": words.TRADES[number].name,
            "level": level.value,
            "contract": random.choice(("Apprentissage", "Apprentissage", "Professionnalisation", "CDI")),
            "place": firm.town,
            "posts": random.choice((1, 1, 2, 3)),
            "about": f"Au programme : {words.TRADES[number].work}.",
        }
        for company_id, firm in zip(companies, words.FIRMS, strict=True)
        for number in firm.trades
        for level in random.sample(list(Level)[:4], random.choice((1, 1, 2)))
    ]
    tx.execute(insert(t.offers), rows)


def _stands(
    tx: Connection, fair_id: int, companies: Sequence[int], people: People, random: Random
) -> tuple[Place, ...]:
    rows = [
        _stand(fair_id, company_id, firm, number, random)
        for company_id, firm in zip(companies, words.FIRMS, strict=True)
        for number in range(firm.stands)
    ]
    rows += [_meeting(fair_id, companies[meeting.firm], meeting) for meeting in words.MEETINGS]
    firms = dict(zip(companies, words.FIRMS, strict=True))
    # The stand a visitor takes over is there all the time.
    spans = [_availability(random, always=place == 0) for place in range(len(rows))]
    for row, span in zip(rows, spans, strict=True):
        row["availability"] = [[_iso(one.start), _iso(one.end)] for one in span]
    stands = insert_many(tx, t.stands, rows)
    staff = [
        people.next(
            f"{slug(firms[row['company_id']].name)[:30]}.example", name=("Manon", "Delaunay") if place == 0 else None
        )
        for place, row in enumerate(rows)
    ]
    accounts = insert_many(tx, t.accounts, staff)
    tx.execute(insert(t.recruiters), [{"stand_id": s, "account_id": a} for s, a in zip(stands, accounts, strict=True)])
    trades = [frozenset(words.TRADES[number].name for number in firms[row["company_id"]].trades) for row in rows]
    tx.execute(
        insert(t.stand_trades),
        [
            {"stand_id": stand, "trade": trade}
            for stand, some in zip(stands, trades, strict=True)
            for trade in sorted(some)
        ],
    )
    slots = _slots(tx, stands, rows, spans)
    return tuple(
        Place(
            stand, StandKind(row["kind"]), row["capacity"], some, row["asks_confirmation"], row["takes_walk_ins"],
            Actor(account, stands=frozenset({stand})), slots[stand],
        )
        for stand, row, some, account in zip(stands, rows, trades, accounts, strict=True)
    )  # fmt: skip


def _stand(fair_id: int, company_id: int, firm: words.Firm, number: int, random: Random) -> dict[str, Any]:
    name = (
        firm.name
        if firm.stands == 1
        else f"{firm.name}, {words.TRADES[firm.trades[number % len(firm.trades)]].name.lower()}"
    )
    provider = random.choices((RoomProvider.AUTO, RoomProvider.LINK, RoomProvider.TELEPHONE), (80, 12, 8))[0]
    return {
        "fair_id": fair_id,
        "company_id": company_id,
        "slug": slug(name),
        "name": name,
        "kind": StandKind.INTERVIEW.value,
        "capacity": 1,
        "room_provider": provider.value,
        "room_url": f"https://visio.{slug(firm.name)}.example/{number + 1}" if provider is RoomProvider.LINK else "",
        "phone": f"06 39 98 9{random.randint(0, 9)} {random.randint(10, 99)}",
        "asks_confirmation": random.random() < 0.06,
        "takes_walk_ins": random.random() < 0.7,
    }


def _meeting(fair_id: int, company_id: int, meeting: words.Meeting) -> dict[str, Any]:
    return {
        "fair_id": fair_id,
        "company_id": company_id,
        "slug": slug(meeting.name),
        "name": meeting.name,
        "kind": StandKind.MEETING.value,
        "capacity": meeting.capacity,
        "room_provider": RoomProvider.AUTO.value,
        "room_url": "",
        "phone": "",
        "asks_confirmation": False,
        "takes_walk_ins": False,
    }


def _availability(random: Random, *, always: bool) -> list[Span]:
    """The half-days on which a stand is there: nearly all on the first morning; some come later or leave early."""
    spans = []
    for day in DAYS:
        for half in range(2):
            there = random.random() < (0.93 if (day, half) == (DAYS[0], 0) else 0.76)
            trimmed = random.random() < 0.2
            late, early = (random.randint(0, 3) * (INTERVIEW + BUFFER) for _ in range(2))
            if always:
                spans.append(hours(day, half))
            elif there:
                open_hours = hours(day, half)
                spans.append(Span(open_hours.start + late, open_hours.end - early) if trimmed else open_hours)
    return spans or [hours(DAYS[1], 0)]


def _slots(
    tx: Connection, stands: Sequence[int], rows: Sequence[dict[str, Any]], spans: Sequence[list[Span]]
) -> dict[int, tuple[tuple[int, Span, int], ...]]:
    cuts = []
    for stand, row, available in zip(stands, rows, spans, strict=True):
        group = row["kind"] == StandKind.MEETING.value
        length, buffer = (MEETING, BETWEEN_MEETINGS) if group else (INTERVIEW, BUFFER)
        cuts += [(stand, span, row["capacity"]) for span in cut(available, interview=length, buffer=buffer)]
    ids = insert_many(
        tx,
        t.slots,
        [{"stand_id": s, "starts_at": span.start, "ends_at": span.end, "capacity": n} for s, span, n in cuts],
    )
    found: dict[int, list[tuple[int, Span, int]]] = {stand: [] for stand in stands}
    for slot_id, (stand, span, capacity) in zip(ids, cuts, strict=True):
        found[stand].append((slot_id, span, capacity))
    return {stand: tuple(some) for stand, some in found.items()}


def _organisers(tx: Connection, fair_id: int, people: People) -> tuple[Actor, ...]:
    names = (("Claire", "Heurtevent"), ("Karim", "Postel"), ("Solène", "Amiot"))
    accounts = insert_many(tx, t.accounts, [people.next("centre.example", name=name) for name in names])
    tx.execute(insert(t.organisers), [{"fair_id": fair_id, "account_id": account} for account in accounts])
    return tuple(Actor(account, fairs=frozenset({fair_id})) for account in accounts)


def _wishes(tx: Connection, candidates: Sequence[Player], stands: Sequence[Place], random: Random) -> None:
    rows = []
    for player in candidates:
        suits = [stand.id for stand in stands if stand.trades & player.trades]
        chosen = random.sample(suits, min(len(suits), random.randint(3, 6)))
        rows += [
            {"candidate_id": player.id, "stand_id": stand, "rank": rank, "eligible": True}
            for rank, stand in enumerate(chosen, 1)
        ]
    tx.execute(insert(t.wishes), rows)


def _iso(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
