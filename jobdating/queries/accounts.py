"""What an account is shown of itself, and what its registration may choose from."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, union

from jobdating.db import tables as t


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
    return tuple(sorted(tx.execute(union(at_stands, taught)).scalars(), key=str.casefold))
