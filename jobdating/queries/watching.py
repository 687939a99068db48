"""Who watches what: topics to targets, and who may follow a topic."""

from collections.abc import Iterable

from sqlalchemy import Connection, Table, select, union

from jobdating.db import tables as t
from jobdating.domain import topics
from jobdating.domain.policy import Actor
from jobdating.domain.states import LIVE, BookingState
from jobdating.domain.topics import Target
from jobdating.queries import identity


def waiters(tx: Connection, stand_ids: Iterable[int]) -> list[int]:
    """Candidates with a live booking or a place on the waitlist at any of these stands."""
    ids = list(stand_ids)
    if not ids:
        return []
    return list(
        tx.execute(
            union(
                select(t.bookings.c.candidate_id).where(
                    t.bookings.c.stand_id.in_(ids), t.bookings.c.state.in_([state.value for state in sorted(LIVE)])
                ),
                select(t.waitlist.c.candidate_id).where(t.waitlist.c.stand_id.in_(ids)),
            )
        ).scalars()
    )


def offered(tx: Connection, gap_ids: Iterable[int]) -> list[int]:
    """Candidates to whom any of these gaps was offered."""
    ids = list(gap_ids)
    if not ids:
        return []
    query = select(t.gap_offers.c.candidate_id).where(t.gap_offers.c.gap_id.in_(ids))
    return list(tx.execute(query.distinct()).scalars())


def stands_of(tx: Connection, candidate_ids: Iterable[int]) -> list[tuple[int, int]]:
    """(stand, fair) of the stands whose pages show one of these: where they have a booking that was not cancelled."""
    ids = list(candidate_ids)
    if not ids:
        return []
    shown = t.bookings.c.state != BookingState.CANCELLED.value
    query = select(t.bookings.c.stand_id, t.bookings.c.fair_id).where(t.bookings.c.candidate_id.in_(ids), shown)
    return [(row.stand_id, row.fair_id) for row in tx.execute(query.distinct())]


def holders(tx: Connection, stand_ids: Iterable[int]) -> list[int]:
    """Candidates with a booking at any of these stands that was not cancelled."""
    ids = list(stand_ids)
    if not ids:
        return []
    shown = t.bookings.c.state != BookingState.CANCELLED.value
    query = select(t.bookings.c.candidate_id).where(t.bookings.c.stand_id.in_(ids), shown)
    return list(tx.execute(query.distinct()).scalars())


def wishers(tx: Connection, stand_ids: Iterable[int]) -> list[int]:
    """Candidates who wish for any of these stands."""
    ids = list(stand_ids)
    if not ids:
        return []
    query = select(t.wishes.c.candidate_id).where(t.wishes.c.stand_id.in_(ids)).distinct()
    return list(tx.execute(query.order_by(t.wishes.c.candidate_id)).scalars())


def wished_by(tx: Connection, candidate_id: int) -> list[int]:
    """The stands a candidate wishes for."""
    query = select(t.wishes.c.stand_id).where(t.wishes.c.candidate_id == candidate_id)
    return list(tx.execute(query.order_by(t.wishes.c.rank)).scalars())


def colleagues(tx: Connection, stand_ids: Iterable[int]) -> list[int]:
    """The stands of the companies of these stands."""
    ids = list(stand_ids)
    if not ids:
        return []
    companies = select(t.stands.c.company_id).where(t.stands.c.id.in_(ids))
    return list(tx.execute(select(t.stands.c.id).where(t.stands.c.company_id.in_(companies))).scalars())


def readers(tx: Connection, fair_id: int, *, stand_id: int | None, site_id: int | None) -> list[int]:
    """Candidates an announcement is for: who waits at a stand, who belongs to a site, or everybody of the fair."""
    if stand_id is not None:
        return sorted(waiters(tx, [stand_id]))
    query = select(t.candidates.c.id).where(t.candidates.c.fair_id == fair_id)
    if site_id is not None:
        query = query.where(t.candidates.c.site_id == site_id)
    return list(tx.execute(query.order_by(t.candidates.c.id)).scalars())


def zones(tx: Connection) -> dict[int, str]:
    """The time zone of each fair."""
    return {row.id: row.timezone for row in tx.execute(select(t.fairs.c.id, t.fairs.c.timezone))}


def targets(tx: Connection, topic: str) -> list[Target]:
    """Every fragment that lives on a topic; none for a topic that does not exist."""
    match topic.split(":"):
        case ["fair", number]:
            fair_id = int(number)
            return [topics.fair_room(fair_id), *(topics.stand_row(stand, fair_id) for stand in stands(tx, fair_id))]
        case ["fair", number, "candidates"]:
            return [topics.wish_demand(stand, int(number)) for stand in stands(tx, int(number))]
        case ["fair", number, "organisers"]:
            fair_id = int(number)
            return [
                topics.wall_figures(fair_id),
                topics.wall_trouble(fair_id),
                topics.wall_attendance(fair_id),
                *(topics.wall_row(stand, fair_id) for stand in stands(tx, fair_id)),
            ]
        case ["stand", number]:
            stand_id = int(number)
            return [topics.stand_days(stand_id), topics.stand_status(stand_id), topics.stand_slots(stand_id)]
        case ["stand", number, "staff"]:
            return sorted(topics.cockpit(int(number)), key=lambda target: target.element)
        case ["stand", number, "organisers"]:
            return [topics.stand_sheet(int(number))]
        case ["stand", number, "lead"]:
            return [topics.led_stand(int(number))]
        case ["candidate", number]:
            candidate_id = int(number)
            return [
                topics.planning(candidate_id),
                topics.commitments(candidate_id),
                topics.announcements(candidate_id),
                topics.wish_outcomes(candidate_id),
            ]
        case ["demo", _]:
            return [topics.demo_clock()]
        case _:
            return []


def may_watch(tx: Connection, actor: Actor, topic: str) -> bool:
    """The same right as to see the page. Anything malformed or missing is refused."""
    kind, _, rest = topic.partition(":")
    number, _, audience = rest.partition(":")
    if not number.isdecimal() or len(number) > 9:
        return False
    match kind, audience:
        case "fair", "":
            return identity.is_shown(tx, actor, int(number))
        case "fair", "candidates":
            return int(number) in actor.candidates or (
                actor.organises(int(number)) and _exists(tx, t.fairs, int(number))
            )
        case "fair", "organisers":
            return actor.organises(int(number)) and _exists(tx, t.fairs, int(number))
        case "stand", "":
            fair_id = tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == int(number))).scalar()
            return fair_id is not None and identity.is_shown(tx, actor, fair_id)
        case "stand", "staff":
            fair_id = tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == int(number))).scalar()
            return fair_id is not None and actor.staffs(int(number), fair_id)
        case "stand", "lead":
            fair_id = tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == int(number))).scalar()
            return fair_id is not None and actor.leads(int(number), fair_id)
        case "stand", "organisers":
            fair_id = tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == int(number))).scalar()
            return fair_id is not None and actor.organises(fair_id)
        case "candidate", "":
            return actor.is_candidate(int(number))
        case "demo", "":
            return tx.execute(select(t.meta.c.key).where(t.meta.c.key == "demo_clock")).scalar() is not None
        case _:
            return False


def stands(tx: Connection, fair_id: int) -> list[int]:
    """Every stand of a fair."""
    return list(
        tx.execute(select(t.stands.c.id).where(t.stands.c.fair_id == fair_id).order_by(t.stands.c.id)).scalars()
    )


def _exists(tx: Connection, table: Table, row_id: int) -> bool:
    return tx.execute(select(table.c.id).where(table.c.id == row_id)).scalar() is not None
