"""What an account is shown of itself, and what its registration may choose from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, union

from jobdating.db import tables as t
from jobdating.domain.naming import fold
from jobdating.queries import access

_OWN_ACTS = ("SignedIn", "CandidateRegistered", "ProfileChanged", "PermissionChanged", "SecondFactorChanged")


@dataclass(frozen=True)
class Account:
    """An account as its owner sees it."""

    id: int
    email: str
    first_name: str
    last_name: str
    phone: str
    language: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


def account(tx: Connection, account_id: int) -> Account | None:
    columns = (t.accounts.c.id, t.accounts.c.email, t.accounts.c.first_name, t.accounts.c.last_name)
    query = select(*columns, t.accounts.c.phone, t.accounts.c.language).where(t.accounts.c.id == account_id)
    row = tx.execute(query).first()
    return None if row is None else Account(**{**row._asdict(), "phone": row.phone or ""})


def trades(tx: Connection, fair_id: int) -> tuple[str, ...]:
    """Every trade that the fair's stands or trainings are about, in order of the alphabet."""
    at_stands = select(t.stand_trades.c.trade).join(t.stands).where(t.stands.c.fair_id == fair_id)
    taught = select(t.trainings.c.trade).where(t.trainings.c.fair_id == fair_id)
    return tuple(sorted(tx.execute(union(at_stands, taught)).scalars(), key=fold))


def data(tx: Connection, account_id: int) -> dict[str, Any]:
    """Everything we hold of a person, for themselves: plain values, moments as ISO 8601."""
    return {
        name: [{key: _plain(value) for key, value in row.items()} for row in rows]
        for name, rows in held(tx, account_id).items()
    }


def held(tx: Connection, account_id: int) -> dict[str, list[dict[str, Any]]]:
    """The same with its values as they are: rows by subject."""
    candidate_ids = list(tx.execute(select(t.candidates.c.id).where(t.candidates.c.account_id == account_id)).scalars())
    b, s, f = t.bookings.c, t.stands.c, t.fairs.c
    of_candidate = {
        "trades": select(t.candidate_trades).where(t.candidate_trades.c.candidate_id.in_(candidate_ids)),
        "documents": select(t.documents.c.filename, t.documents.c.size, t.documents.c.uploaded_at).where(
            t.documents.c.candidate_id.in_(candidate_ids)
        ),
        "wishes": select(s.name.label("stand"), t.wishes.c.rank)
        .join(t.stands, s.id == t.wishes.c.stand_id)
        .where(t.wishes.c.candidate_id.in_(candidate_ids)),
        "waitlist": select(s.name.label("stand"), t.waitlist.c.joined_at)
        .join(t.stands, s.id == t.waitlist.c.stand_id)
        .where(t.waitlist.c.candidate_id.in_(candidate_ids)),
        "interviews": select(
            f.name.label("fair"), s.name.label("stand"), b.state, b.origin, b.starts_at, b.ends_at, b.checked_in_at,
            b.called_at, b.started_at, b.ended_at, b.cancelled_by, b.next_step, b.rating, b.note,
        )
        .join(t.stands, s.id == b.stand_id)
        .join(t.fairs, f.id == b.fair_id)
        .where(b.candidate_id.in_(candidate_ids))
        .order_by(b.id),
        "parents": select(
            t.parents.c.email, t.parents.c.asked_at, t.parents.c.answered_at, t.parents.c.agreed
        ).where(t.parents.c.candidate_id.in_(candidate_ids)),
        "adults": select(
            t.adults.c.email, t.adults.c.named_at, t.adults.c.stopped_at, t.adults.c.ended_at
        ).where(t.adults.c.candidate_id.in_(candidate_ids)),
    }  # fmt: skip
    keeper = t.accounts.alias("keeper")
    email = select(t.accounts.c.email).where(t.accounts.c.id == account_id).scalar_subquery()
    of_account = {
        "account": select(t.accounts).where(t.accounts.c.id == account_id),
        "registrations": select(t.candidates, f.name.label("fair"), t.sites.c.name.label("site"))
        .join(t.fairs, f.id == t.candidates.c.fair_id)
        .outerjoin(t.sites, t.sites.c.id == t.candidates.c.site_id)
        .where(t.candidates.c.account_id == account_id),
        "consents": select(
            *(column for column in t.consents.c if column.name != "recorded_by"),
            (keeper.c.first_name + " " + keeper.c.last_name).label("recorded_by"),
        )
        .outerjoin(keeper, keeper.c.id == t.consents.c.recorded_by)
        .where(t.consents.c.account_id == account_id),
        "sessions": select(t.sessions.c.agent, t.sessions.c.opened_at, t.sessions.c.seen_at).where(
            t.sessions.c.account_id == account_id
        ),
        "api_tokens": select(t.api_tokens.c.name, t.api_tokens.c.made_at).where(
            t.api_tokens.c.account_id == account_id
        ),
        "acts": select(t.journal.c.at, t.journal.c.kind)
        .where(t.journal.c.account_id == account_id, t.journal.c.kind.in_(_OWN_ACTS))
        .order_by(t.journal.c.id.desc()),
        "mails": select(t.outbox.c.kind, t.outbox.c.made_at, t.outbox.c.sent_at).where(t.outbox.c.recipient == email),
    }
    found = {
        name: [dict(row._mapping) for row in tx.execute(query)] for name, query in (of_account | of_candidate).items()
    }
    seen = [reading for candidate_id in candidate_ids for reading in access.readings(tx, candidate_id)]
    found["seen_by"] = [vars(reading) for reading in sorted(seen, key=lambda each: each.at, reverse=True)]
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
