"""Tells the owner of an account, by mail, that a way to sign in to it changed: who reads it late still can act.

The mail is in the outbox as soon as the change is, and carries no secret: what changed, when, and from which device.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from jobdating.services import notices


class Change(StrEnum):
    """What happened to an account."""

    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    CODES_RENEWED = "codes_renewed"
    CODE_USED = "code_used"
    RESET = "reset"
    TOKEN_MADE = "token_made"  # noqa: S105
    PROVIDER_LINKED = "provider_linked"


def tell(tx: Connection, account_id: int, change: Change, *, agent: str | None, wall: datetime) -> None:
    """`agent` is what the browser that did it calls itself; None where the owner did not do it on a device."""
    context = {"change": change.value, "agent": agent, "at": wall.isoformat()}
    notices.to_owner(tx, account_id, context=context, now=wall)
