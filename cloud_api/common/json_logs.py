"""The server's log: one JSON object a line for machines, or text for a person at a terminal; on standard error.

Nothing personal gets into it, by construction: our own lines carry ids, codes and route templates; what libraries say
is kept out but for a few that say nothing about requests; exceptions are told without their messages (``scrubbing``).
"""

import logging
import sys
import threading
import warnings
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from cloud_api.common import scrubbing
from cloud_api.common.tracing import current_trace

_OURS = ("cloud_api", "shared", "uvicorn", "alembic")
"""Loggers whose sentences may be told. ``uvicorn`` speaks of starting and stopping, and of connections in general."""
FIELDS = "fit"
"""``extra={FIELDS: {...}}`` of a logging call: its facts, which become fields of the line."""


def configure(*, level: str, form: str) -> None:
    """Set up the process's logging, anew. ``form``: ``json`` or ``text``; ``level`` is that of our own loggers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("cloud_api", "shared"):
        logging.getLogger(name).setLevel(level.upper())
    warnings.showwarning = _warn  # type: ignore[assignment]  # the stub wants every name
    threading.excepthook = _thread_failed
    sys.unraisablehook = _unraisable


class JsonLines(JsonFormatter):
    """One object a line: time, level, logger, message, trace_id; the facts of the call; the traceback."""

    def __init__(self) -> None:
        super().__init__(json_ensure_ascii=False)

    def format(self, record: logging.LogRecord) -> str:
        return self.jsonify_log_record(_told(record))


class Lines(logging.Formatter):
    """The same for a person: what is most looked for comes first."""

    def format(self, record: logging.LogRecord) -> str:
        told = _told(record)
        time, level, _logger, message = (told.pop(name) for name in ("time", "level", "logger", "message"))
        failure = told.pop("exception", None)
        rest = " ".join(f"{name}={value}" for name, value in told.items() if value is not None)
        line = f"{time} {level:<7} {message} {rest}".rstrip()
        return line if failure is None else f"{line}\n{failure}"


def _told(record: logging.LogRecord) -> dict[str, Any]:
    trace = current_trace()
    told: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": _sentence(record),
        "trace_id": None if trace is None else trace.trace_id,
        **getattr(record, FIELDS, {}),
    }
    if record.exc_info and record.exc_info[1] is not None:
        told["exception"] = scrubbing.trace(record.exc_info[1])
    return told


def _sentence(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in _OURS:
        return record.getMessage()
    return f"a message of {record.name}, kept out of the log ({record.module}:{record.lineno})"


def _warn(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_more: Any) -> None:
    del message  # it may say what it is about
    logging.getLogger("cloud_api.warnings").warning("%s at %s:%d", category.__name__, filename, lineno)


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    name = "a thread" if failed.thread is None else failed.thread.name
    logging.getLogger("cloud_api.threads").error("%s ended with an error", name, exc_info=failed.exc_value)


def _unraisable(failed: Any) -> None:
    logging.getLogger("cloud_api.threads").error("an object could not be cleared away", exc_info=failed.exc_value)
