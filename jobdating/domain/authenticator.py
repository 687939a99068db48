"""The app that shows another six digits every half minute (RFC 6238). Its key is derived, never kept.

Key of an app = HMAC(server's secret, nonce): the database alone gives no codes away, and showing a key writes nothing.
"""

import base64
import hmac
from dataclasses import dataclass, field
from datetime import datetime

import pyotp

STEP = 30  # seconds
DRIFT = (0, -1, 1)  # steps: clocks of phones, and slow typing
DIGITS = 6
NAME = "Job dating"


@dataclass(frozen=True)
class App:
    """What an app is given: `uri` for its camera, `key` for fingers. `nonce` is what is kept of it."""

    nonce: str
    key: str = field(repr=False)
    uri: str = field(repr=False)


def offer(session_id: str, *, email: str, key: str) -> App:
    """The app that a session may add: the same each time it looks, until the session is another one."""
    nonce = hmac.digest(key.encode(), f"app of {session_id}".encode(), "sha256").hex()
    uri = _codes(nonce, key).provisioning_uri(name=email, issuer_name=NAME)
    return App(nonce, _key(nonce, key), uri)


def step_of(nonce: str, code: str, *, key: str, now: datetime) -> int | None:
    """The half-minute whose code this is, if it is now, the one before or the next; None for a wrong code."""
    codes, here = _codes(nonce, key), int(now.timestamp()) // STEP
    for step in (here + drift for drift in DRIFT):
        if hmac.compare_digest(codes.generate_otp(step).encode(), code.encode()):
            return step
    return None


def looks_like_code(typed: str) -> bool:
    """Whether it could come from an app; what else is typed could be a code on paper."""
    return len(typed) == DIGITS and typed.isascii() and typed.isdecimal()


def _codes(nonce: str, key: str) -> pyotp.TOTP:
    return pyotp.TOTP(_key(nonce, key), digits=DIGITS, interval=STEP)


def _key(nonce: str, key: str) -> str:
    """160 bits in base 32, which needs no padding."""
    return base64.b32encode(hmac.digest(key.encode(), f"app {nonce}".encode(), "sha256")[:20]).decode()
