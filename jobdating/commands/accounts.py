"""The commands `token`, `organiser add` and `organiser reset-factor`: what no page can do for the first person here."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import typer
from sqlalchemy import Connection

from jobdating.clock import WallClock
from jobdating.db.engine import open_database
from jobdating.db.migrations import migrate
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.policy import SYSTEM
from jobdating.services import accounts, second_factor, tokens

T = TypeVar("T")
REFUSED = 2


def make_token(email: str, *, database_url: str) -> int:
    """Make an API token of the account and print it as the last word; the exit status."""

    def make(tx: Connection) -> str:
        return tokens.make(tx, accounts.by_email(tx, email), name="", now=WallClock().now())

    try:
        secret = _write(database_url, make)
    except NotFound:
        return _refuse(f"no account has the address {email}")
    typer.echo(f"a token of {email.strip().lower()}, shown this once: {secret}")
    return 0


def add_organiser(email: str, fair: str, *, database_url: str) -> int:
    """Let an address organise a fair; the exit status."""

    def add(tx: Connection) -> bool:
        return accounts.add_organiser(tx, email=email, fair=fair, now=WallClock().now())

    try:
        added = _write(database_url, add)
    except Invalid:
        return _refuse(f"{email} is not an e-mail address")
    except NotFound:
        return _refuse(f"there is no fair {fair}")
    typer.echo(f"{email} {'may now organise' if added else 'organises already'} {fair}: sign in with this address")
    return 0


def reset_factor(email: str, *, database_url: str) -> int:
    """Let somebody who lost their device begin anew; the exit status."""

    def reset(tx: Connection) -> None:
        account_id = accounts.by_email(tx, email)
        second_factor.reset(tx, SYSTEM, account_id=account_id, fair_id=None, now=WallClock().now())

    try:
        _write(database_url, reset)
    except NotFound:
        return _refuse(f"no account has the address {email}")
    typer.echo(f"{email.strip().lower()} is signed out everywhere, and confirms anew at the next sign-in")
    return 0


def _write(database_url: str, fn: Callable[[Connection], T]) -> T:
    migrate(database_url)

    async def write() -> T:
        db = open_database(database_url)
        try:
            return await db.write(fn)
        finally:
            await db.close()

    return asyncio.run(write())


def _refuse(words: str) -> int:
    typer.echo(f"jobdating: {words}", err=True)
    return REFUSED
