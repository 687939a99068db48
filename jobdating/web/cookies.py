"""The cookies we set, all in one place: the session's secret, the browser that asked to sign in, the language."""

from datetime import timedelta
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.responses import Response

from jobdating.services import sessions
from jobdating.services.sign_in import LASTS
from jobdating.web.house import house
from jobdating.web.visit import COOKIE, LANGUAGE_COOKIE, cookie_name

_ASKED = "asked"
_LEFT = "left"
_PARENT = "parent"
_YEAR = timedelta(days=365)


def open_session(response: Response, connection: HTTPConnection, secret: str) -> None:
    """The browser holds the session from now on; any other it held is replaced."""
    _set(response, connection, _name(connection, COOKIE), secret, lasts=sessions.LASTS)


def close_session(response: Response, connection: HTTPConnection) -> None:
    """The browser forgets the session, and all it kept: the planning's copy too."""
    response.headers["clear-site-data"] = '"cache", "storage"'
    _delete(response, connection, COOKIE)


def remember_asking(response: Response, connection: HTTPConnection, browser: str, *, lasts: timedelta = LASTS) -> None:
    """Bind the sign-in link, or then the proved address, to this browser for as long as it works."""
    _set(response, connection, _name(connection, _ASKED), browser, lasts=lasts)


def asking(connection: HTTPConnection) -> str | None:
    """What `remember_asking` left in this browser."""
    return connection.cookies.get(_name(connection, _ASKED))


def forget_asking(response: Response, connection: HTTPConnection) -> None:
    _delete(response, connection, _ASKED)


def remember_parent(response: Response, connection: HTTPConnection, browser: str, *, lasts: timedelta) -> None:
    """A parent has typed the code in this browser: for as long, it may read and answer."""
    _set(response, connection, _name(connection, _PARENT), browser, lasts=lasts)


def parent(connection: HTTPConnection) -> str | None:
    """What `remember_parent` left in this browser."""
    return connection.cookies.get(_name(connection, _PARENT))


def forget_parent(response: Response, connection: HTTPConnection) -> None:
    _delete(response, connection, _PARENT)


def remember_leaving(response: Response, connection: HTTPConnection, browser: str, back: str) -> None:
    """What the browser that goes to another house is recognised by, and where it wanted to go."""
    _set(response, connection, _name(connection, _LEFT), f"{browser}.{quote(back, safe='')}", lasts=LASTS)


def leaving(connection: HTTPConnection) -> tuple[str, str]:
    """What `remember_leaving` left in this browser; ("", "") for nothing."""
    browser, _, back = connection.cookies.get(_name(connection, _LEFT), "").partition(".")
    return browser, unquote(back)


def forget_leaving(response: Response, connection: HTTPConnection) -> None:
    _delete(response, connection, _LEFT)


def speak(response: Response, connection: HTTPConnection, language: str) -> None:
    """Answer in this language for a year. Holds nothing else, and is not for scripts."""
    _set(response, connection, LANGUAGE_COOKIE, language, lasts=_YEAR)


def _name(connection: HTTPConnection, name: str) -> str:
    return cookie_name(house(connection).settings.secure, name)


def _set(response: Response, connection: HTTPConnection, name: str, value: str, *, lasts: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=round(lasts.total_seconds()),
        path="/",
        secure=house(connection).settings.secure,
        httponly=True,
        samesite="lax",
    )


def _delete(response: Response, connection: HTTPConnection, name: str) -> None:
    secure = house(connection).settings.secure
    response.delete_cookie(_name(connection, name), path="/", secure=secure, httponly=True, samesite="lax")
