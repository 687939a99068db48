"""E-mail addresses as they are stored."""

import re

from jobdating.domain.errors import Invalid

EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f-\x9f\"<>(),:;\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,62})\.)+[a-z]{2,63}")


def address(typed: str) -> str:
    """An address as it is stored: lower case, without signs that nobody sees. Raises Invalid beside `email`."""
    email = typed.strip().lower()
    if len(email) > 254 or not email.isprintable() or not EMAIL.fullmatch(email):
        raise Invalid(fields={"email": "email" if email else "missing"})
    return email
