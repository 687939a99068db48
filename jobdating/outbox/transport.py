"""How a mail leaves: over SMTP, or into the demo's mailbox. Decides nothing about retries."""

import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from jobdating.outbox.message import Written
from jobdating.outbox.rows import Row

TIMEOUT = 20.0  # seconds, for each step of the conversation


class Undelivered(Exception):
    """The mail was not taken. `for_good`: asking again would not help."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Line(Protocol):
    """An open way out, for a few mails."""

    async def send(self, row: Row, written: Written, mail: EmailMessage) -> None:
        """Raises Undelivered."""


class Transport(Protocol):
    """Opens lines."""

    def line(self) -> AbstractAsyncContextManager[Line]: ...


class Smtp:
    """A mail server: `smtp://user:password@host:587` (STARTTLS where it is offered) or `smtps://host:465`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("JOBDATING_SMTP_URL is smtp://user:password@host:port or smtps://…")
        self._host = parts.hostname
        self._tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """One connection, opened for the first mail and kept for the next ones."""
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._tls,
            username=self._user,
            password=self._password,
            timeout=TIMEOUT,
            tls_context=ssl.create_default_context(),
        )
        line = _SmtpLine(client)
        try:
            yield line
        finally:
            client.close()


class _SmtpLine:
    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def send(self, row: Row, written: Written, mail: EmailMessage) -> None:
        try:
            if not self._client.is_connected:
                await self._client.connect()
            await self._client.send_message(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise Undelivered(f"recipient refused: {codes}", for_good=all(code >= 500 for code in codes)) from error
        except aiosmtplib.SMTPResponseException as error:
            for_good = error.code >= 500 and not isinstance(error, aiosmtplib.SMTPAuthenticationError)
            raise Undelivered(f"{type(error).__name__}: {error.code}", for_good=for_good) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undelivered(type(error).__name__, for_good=False) from error


@dataclass(frozen=True)
class Delivered:
    """A mail in the demo's mailbox."""

    row: Row
    written: Written


class Mailbox:
    """The last mails of a demo, kept in memory and readable on a page: nothing leaves the machine."""

    def __init__(self, *, kept: int = 400) -> None:
        self._mails: deque[Delivered] = deque(maxlen=kept)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        yield self

    async def send(self, row: Row, written: Written, mail: EmailMessage) -> None:
        self._mails.append(Delivered(row, written))

    def latest(self, *, recipient: str = "") -> list[Delivered]:
        """The newest first; of one address, or of all."""
        return [mail for mail in reversed(self._mails) if not recipient or mail.row.recipient == recipient]

    def find(self, row_id: int) -> Delivered | None:
        return next((mail for mail in self._mails if mail.row.id == row_id), None)
