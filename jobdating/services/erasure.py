"""Erases a person: what names them goes, what is counted stays. Cannot be undone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, cast, delete, func, select, text, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.errors import NotAllowed, SignInNeeded
from jobdating.domain.policy import Actor
from jobdating.domain.states import BookingState
from jobdating.queries import watching
from jobdating.queries.due import SCRUB
from jobdating.services import booking

NOBODY = "—"
ERASED = "@erased.invalid"  # what is left of an address
_ASK = text("INSERT INTO meta (key, value) VALUES (:key, '') ON CONFLICT (key) DO NOTHING")


@dataclass(frozen=True)
class Preview:
    """What erasing would do: places given back, past interviews that stay as counts, rights that end."""

    places: int
    past: int
    documents: int
    rights: int


def preview(tx: Connection, actor: Actor) -> Preview:
    """Only reads. Raises SignInNeeded."""
    if actor.account_id is None:
        raise SignInNeeded()
    mine = t.bookings.c.candidate_id.in_(actor.candidates.values())
    total = tx.execute(select(func.count()).select_from(t.bookings).where(mine)).scalar_one()
    places = len(_places(tx, actor))
    documents = select(func.count()).where(t.documents.c.candidate_id.in_(actor.candidates.values()))
    return Preview(places, total - places, tx.execute(documents).scalar_one(), len(actor.stands) + len(actor.fairs))


def erase(tx: Connection, actor: Actor, *, now: datetime) -> None:
    """Give back the places to come, forget everything that names the person, and end their sessions.

    Raises SignInNeeded; NotAllowed for the only organiser of a fair, and during an interview.
    """
    if actor.account_id is None:
        raise SignInNeeded()
    _ensure_may_go(tx, actor)
    for booking_id in _places(tx, actor):
        booking.cancel(tx, actor, booking_id=booking_id, now=now)
    wished = {candidate_id: watching.wished_by(tx, candidate_id) for candidate_id in actor.candidates.values()}
    forget_candidates(tx, list(actor.candidates.values()), now=now)
    forget_accounts(tx, [actor.account_id])
    for fair_id, candidate_id in actor.candidates.items():
        changed = events.ProfileChanged(fair_id=fair_id, candidate_id=candidate_id)
        journal.append(tx, changed, at=now, by=actor.account_id)
        if wished[candidate_id]:  # fewer want these stands now
            gone = events.WishesRanked(fair_id=fair_id, candidate_id=candidate_id, stand_ids=wished[candidate_id])
            journal.append(tx, gone, at=now, by=actor.account_id)
    journal.append(tx, events.RightsChanged(fair_id=None, account_id=actor.account_id), at=now, by=actor.account_id)
    journal.append(tx, events.AccountErased(fair_id=None, account_id=actor.account_id), at=now, by=actor.account_id)


def _ensure_may_go(tx: Connection, actor: Actor) -> None:
    for fair_id in actor.fairs:
        others = select(t.organisers.c.id).where(
            t.organisers.c.fair_id == fair_id, t.organisers.c.account_id != actor.account_id
        )
        if tx.execute(others).first() is None:
            raise NotAllowed()
    running = select(t.bookings.c.id).where(
        t.bookings.c.candidate_id.in_(actor.candidates.values()),
        t.bookings.c.state == BookingState.IN_PROGRESS.value,
    )
    if tx.execute(running).first() is not None:
        raise NotAllowed()


def _places(tx: Connection, actor: Actor) -> list[int]:
    mine = t.bookings.c.candidate_id.in_(actor.candidates.values())
    return list(tx.execute(select(t.bookings.c.id).where(mine, text(t.IS_LIVE)).order_by(t.bookings.c.id)).scalars())


def forget_candidates(tx: Connection, candidate_ids: list[int], *, now: datetime) -> None:
    """What candidates said, wished and gave, what was noted of them and who else was written to about them.

    Their bookings stay, to be counted.
    """
    _forget_adults(tx, candidate_ids)
    for table in (t.documents, t.wishes, t.waitlist, t.opinions, t.decisions, t.solicitations):
        tx.execute(delete(table).where(table.c.candidate_id.in_(candidate_ids)))
    tx.execute(
        update(t.candidates)
        .where(t.candidates.c.id.in_(candidate_ids))
        .values(about="", availability=None, connected_since=None, forgotten_at=now)
    )
    tx.execute(update(t.bookings).where(t.bookings.c.candidate_id.in_(candidate_ids)).values(note="", rating=None))


def _forget_adults(tx: Connection, candidate_ids: list[int]) -> None:
    """The parents and adults of these candidates, the mails to them, and the consents for these fairs."""
    about = t.outbox.c.context["about"].as_integer()
    copied = t.outbox.c.context["adult_id"].as_integer()
    parents = select(t.parents.c.id).where(t.parents.c.candidate_id.in_(candidate_ids))
    adults = select(t.adults.c.id).where(t.adults.c.candidate_id.in_(candidate_ids))
    for kind, key, ids in (("parent", about, parents), ("adult", about, adults), ("copy", copied, adults)):
        tx.execute(delete(t.outbox).where(t.outbox.c.kind == kind, key.in_(ids)))
    for table in (t.parents, t.adults):
        tx.execute(delete(table).where(table.c.candidate_id.in_(candidate_ids)))
    k, c = t.consents.c, t.candidates.c
    theirs = select(c.id).where(c.id.in_(candidate_ids), c.account_id == k.account_id, c.fair_id == k.fair_id)
    tx.execute(delete(t.consents).where(theirs.exists()))
    ask_to_scrub(tx)


def ask_to_scrub(tx: Connection) -> None:
    """Whoever keeps the time sees to it that the database's files hold nothing of what was deleted."""
    tx.execute(_ASK, {"key": SCRUB})


def scrubbed(tx: Connection) -> None:
    """The files hold nothing any more."""
    tx.execute(delete(t.meta).where(t.meta.c.key == SCRUB))


def forget_accounts(tx: Connection, account_ids: list[int]) -> None:
    """Names, addresses, sessions, tokens, consents, mails and rights; the empty accounts stay for what points at them."""
    ask_to_scrub(tx)
    theirs = t.accounts.c.id.in_(account_ids)
    emails = select(t.accounts.c.email).where(theirs)
    tx.execute(delete(t.outbox).where(t.outbox.c.recipient.in_(emails)))
    tx.execute(delete(t.sign_ins).where(t.sign_ins.c.email.in_(emails)))
    own = (t.sessions, t.api_tokens, t.consents, t.recruiters, t.organisers, t.idempotency)
    proofs = (t.second_factors, t.passkeys, t.recovery_codes, t.identities)
    for table in (*own, *proofs):
        tx.execute(delete(table).where(table.c.account_id.in_(account_ids)))
    nobody = cast(t.accounts.c.id, String) + ERASED
    values = {"first_name": NOBODY, "last_name": "", "phone": None, "administrator": False}
    tx.execute(update(t.accounts).where(theirs).values(email=nobody, **values))
