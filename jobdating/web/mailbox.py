"""The demo's mailbox: the mails that a real server would have sent, readable by anybody on this machine."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from jobdating.domain.errors import NotFound
from jobdating.outbox.transport import Delivered, Mailbox
from jobdating.web import pages
from jobdating.web.house import house

SHOWN = 60
# The HTML of a mail brings its own styles and nothing else; it is shown apart, without rights.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-top-navigation"


async def mailbox(request: Request) -> Response:
    """The last mails, of everybody or of one address (`?to=`)."""
    to = request.query_params.get("to", "").strip().lower()
    mails = _mailbox(request).latest(recipient=to)
    return pages.page(request, "demo/mailbox.html", mails=mails[:SHOWN], to=to)


async def mail(request: Request) -> Response:
    """One mail as plain text."""
    return pages.page(request, "demo/mail.html", mail=_mail(request))


async def mail_html(request: Request) -> Response:
    """One mail as mail programs show it."""
    headers = {"content-security-policy": MAIL_POLICY, "cache-control": "no-store"}
    return HTMLResponse(_mail(request).written.html, headers=headers)


def _mail(request: Request) -> Delivered:
    found = _mailbox(request).find(request.path_params["mail"])
    if found is None:
        raise NotFound(what="mail")
    return found


def _mailbox(request: Request) -> Mailbox:
    found: Mailbox = house(request).extras["mailbox"]
    return found
