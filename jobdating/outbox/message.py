"""A mail as it was written, and as it travels."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from jobdating.outbox.rows import Row


@dataclass(frozen=True)
class Calendar:
    """An invitation: `method` is REQUEST or CANCEL."""

    method: str
    content: bytes


@dataclass(frozen=True)
class Written:
    """What a mail says, twice: the plain text holds all that the HTML does."""

    subject: str
    text: str
    html: str
    sender_name: str = "Job dating"
    reply_to: str = ""
    calendar: Calendar | None = None


def as_email(row: Row, written: Written, *, sender: str) -> EmailMessage:
    """The message on the wire. Its id is that of the row, so that a mail sent twice is seen to be one."""
    _, address = parseaddr(sender)
    local, _, domain = address.partition("@")
    mail = EmailMessage()
    mail["From"] = Address(written.sender_name, local, domain or "localhost")
    mail["To"] = row.recipient
    mail["Subject"] = written.subject
    mail["Date"] = format_datetime(row.made_at)
    mail["Message-ID"] = f"<outbox-{row.id}-{int(row.made_at.timestamp())}@{domain or 'localhost'}>"
    mail["Content-Language"] = row.language
    mail["Auto-Submitted"] = "auto-generated"
    if written.reply_to:
        mail["Reply-To"] = written.reply_to
    mail.set_content(written.text)
    mail.add_alternative(written.html, subtype="html")
    if written.calendar is not None:
        mail.add_attachment(
            written.calendar.content,
            maintype="text",
            subtype="calendar",
            filename="entretien.ics",
            params={"method": written.calendar.method, "charset": "utf-8"},
        )
    return mail
