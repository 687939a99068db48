"""The log: one JSON object a line on standard error, without the values of anybody's requests or rows.

What an exception says may repeat what somebody typed; so a fault is told by its type and its places in the code, and
in words only where they cannot hold a value.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

from sqlalchemy.exc import IntegrityError, OperationalError

_VALUES = re.compile(r"(?m)^(?:DETAIL|HINT|CONTEXT|LINE \d+):.*\n?")
Fault = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


def begin() -> None:
    """From here on everything is logged as `Lines` writes it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """A record as one line of JSON: when (UTC), how grave, from where, what; and a fault's places in the code."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        said |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            said["fault"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)

    def formatException(self, ei: Fault) -> str:  # noqa: N802 (the library's name)
        """Each error of the chain, the last one first: its type, its words where they are safe, where it came by."""
        told, error, seen = [], ei[1], set[int]()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            frames = traceback.extract_tb(error.__traceback__)
            places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            told.append("\n".join([f"{type(error).__name__}: {_said(error)}".removesuffix(": "), *places]))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(told)


def _message(record: logging.LogRecord) -> str:
    if isinstance(record.args, tuple):  # paths of requests, their queries not
        record.args = tuple(
            argument.partition("?")[0] if isinstance(argument, str) and argument.startswith("/") else argument
            for argument in record.args
        )
    message = record.getMessage()
    return message.partition("\n")[0] if record.name == "asyncio" else message  # the rest repeats the error's words


def _said(error: BaseException) -> str:
    """The words of an error, where they are its makers' and not somebody's."""
    if isinstance(error, IntegrityError | OperationalError):  # our statements hide their parameters
        return " ".join(_VALUES.sub("", str(error)).split())
    return error.strerror or "" if isinstance(error, OSError) else ""
