"""The cookies we set, all in one place: the session's secret, the browser that asked to sign in, the language."""

from datetime import timedelta
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.responses import Response

from jobdating.services import sessions
from jobdating.services.sign_in import LASTS
from jobdating.web.house import house
from jobdating.web.visit import LANGUAGE_COOKIE, cookie_name

_ASKED = "asked"
_LEFT = "left"
_PARENT = "parent"
_YEAR = 365 * 24 * 3600


def open_session(response: Response, connection: HTTPConnection, secret: str) -> None:
    """The browser holds the session from now on; any other it held is replaced."""
    secure = house(connection).settings.secure
    response.set_cookie(
        cookie_name(secure),
        secret,
        max_age=round(sessions.LASTS.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def close_session(response: Response, connection: HTTPConnection) -> None:
    secure = house(connection).settings.secure
    response.delete_cookie(cookie_name(secure), path="/", secure=secure, httponly=True, samesite="lax")


def remember_asking(response: Response, connection: HTTPConnection, browser: str, *, lasts: timedelta = LASTS) -> None:
    """Bind the sign-in link, or then the proved address, to this browser for as long as it works."""
    secure = house(connection).settings.secure
    response.set_cookie(
        _asked_name(secure),
        browser,
        max_age=round(lasts.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def asking(connection: HTTPConnection) -> str | None:
    """What `remember_asking` left in this browser."""
    return connection.cookies.get(_asked_name(house(connection).settings.secure))


def forget_asking(response: Response, connection: HTTPConnection) -> None:
    secure = house(connection).settings.secure
    response.delete_cookie(_asked_name(secure), path="/", secure=secure, httponly=True, samesite="lax")


def remember_parent(response: Response, connection: HTTPConnection, browser: str, *, lasts: timedelta) -> None:
    """A parent has typed the code in this browser: for as long, it may read and answer."""
    secure = house(connection).settings.secure
    response.set_cookie(
        _parent_name(secure),
        browser,
        max_age=round(lasts.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def parent(connection: HTTPConnection) -> str | None:
    """What `remember_parent` left in this browser."""
    return connection.cookies.get(_parent_name(house(connection).settings.secure))


def forget_parent(response: Response, connection: HTTPConnection) -> None:
    secure = house(connection).settings.secure
    response.delete_cookie(_parent_name(secure), path="/", secure=secure, httponly=True, samesite="lax")


def speak(response: Response, connection: HTTPConnection, language: str) -> None:
    """Answer in this language for a year. Holds nothing else, and is not for scripts."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=_YEAR,
        path="/",
        secure=house(connection).settings.secure,
        httponly=True,
        samesite="lax",
    )


def _asked_name(secure: bool) -> str:
    return f"__Host-{_ASKED}" if secure else _ASKED


def _parent_name(secure: bool) -> str:
    return f"__Host-{_PARENT}" if secure else _PARENT


def remember_leaving(response: Response, connection: HTTPConnection, browser: str, back: str) -> None:
    """What the browser that goes to another house is recognised by, and where it wanted to go."""
    secure = house(connection).settings.secure
    response.set_cookie(
        _left_name(secure),
        f"{browser}.{quote(back, safe='')}",
        max_age=round(LASTS.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def leaving(connection: HTTPConnection) -> tuple[str, str]:
    """What `remember_leaving` left in this browser; ("", "") for nothing."""
    browser, _, back = connection.cookies.get(_left_name(house(connection).settings.secure), "").partition(".")
    return browser, unquote(back)


def forget_leaving(response: Response, connection: HTTPConnection) -> None:
    secure = house(connection).settings.secure
    response.delete_cookie(_left_name(secure), path="/", secure=secure, httponly=True, samesite="lax")


def _left_name(secure: bool) -> str:
    return f"__Host-{_LEFT}" if secure else _LEFT
