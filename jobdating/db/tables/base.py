"""What every table is made with: names of constraints, keys, and conditions spelled out."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
)

from jobdating.domain.states import LIVE, WITH_RECRUITER

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def one_of(column: str, words: Iterable[StrEnum]) -> str:
    """The condition, spelled out: for constraints, partial indexes, and statements compiled once."""
    return f"{column} IN ({', '.join(sorted(repr(word.value) for word in words))})"


IS_LIVE = one_of("state", LIVE)
IS_WITH_RECRUITER = one_of("state", WITH_RECRUITER)


def id_() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def to(target: str, *, nullable: bool = False, index: bool = False, primary_key: bool = False) -> Column[int]:
    name = {"accounts": "account_id", "companies": "company_id", "stands": "stand_id"}.get(target, f"{target[:-1]}_id")
    return Column(
        name,
        Integer,
        ForeignKey(f"{target}.id", ondelete="CASCADE"),
        nullable=nullable,
        index=index,
        primary_key=primary_key,
    )
