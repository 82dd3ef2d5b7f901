"""What the log says: lines to read on one's own machine, or a JSON object a line for a server.

A log is kept long and read by many, and people type about people. So the objects hold no network address, no address of
mail, nothing typed, no path (it may hold a handle or the key of a link) and no number of a person. What our own modules
say was written for it and is told as it is. Of what others say, words are left out and numbers stay; of an exception,
its type and where it came from are told, and never its message.

The web server's own log is written by it as well, before Django is there.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict

FORMATS = ("lines", "json")
OURS = frozenset({"config", "contributions", "feedback", "home", "people", "practices", "search"})
# What Django says of an answer: "%s: %s", the reason and the path.
ABOUT_ANSWERS = "django.request"
WEB_SERVER = "gunicorn"
LEFT_OUT = "…"
# For the case that something of ours says more than it should.
TELLS_WHO = re.compile(
    r"\S+@\S+|\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}\b|\?\S+", re.IGNORECASE
)
KEPT_BY_THE_MACHINE = re.compile(r".*/(?:site-packages|lib/python3[^/]*)/")
MOST_FRAMES = 30
MOST_CAUSES = 5


def log_settings(form: str, level: str) -> dict[str, Any]:
    """The settings of logging.

    Args:
        form: one of `FORMATS`.
        level: from which on something is told.
    """
    if form not in FORMATS:
        raise ValueError(f"Set LOG_FORMAT to one of: {', '.join(FORMATS)}.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
            "json": {"()": "config.logs.speak_json"},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["console"], "level": level},
        # Each page saved is several lines of theirs, with its title; each question to a search server is one.
        "loggers": {
            "wagtail": {"level": "WARNING"},
            "django_tasks": {"level": "WARNING"},
            "django_tasks_db": {"level": "WARNING"},
            "elastic_transport": {"level": "ERROR"},
            # What the server of `make dev` says of each request, without what was typed.
            "django.server": {"handlers": ["console"], "propagate": False, "filters": ["leave_out_words"]},
        },
        "filters": {"leave_out_words": {"()": "config.discreet.LeaveOutWords"}},
    }


def is_json() -> bool:
    """Whether this process, which has read no settings yet, is to speak JSON. Production does unless told otherwise."""
    settings = os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.production")
    return os.environ.get("LOG_FORMAT", "json" if settings.endswith(".production") else "lines") == "json"


def speak_json() -> logging.Formatter:
    """A formatter that writes JSON; from here on what is warned of, and what ends a thread, is told by it as well."""
    logging.captureWarnings(True)
    # A line that cannot be written would be told by Python, with all that was to be in it.
    logging.raiseExceptions = False
    sys.excepthook = _tell_end
    threading.excepthook = lambda ended: _tell_end(ended.exc_type, ended.exc_value, ended.exc_traceback)
    return structlog.stdlib.ProcessorFormatter(
        use_get_message=False,
        pass_foreign_args=True,
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _describe,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _tell_end(kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    logging.getLogger("config.logs").critical("Something ended that should not.", exc_info=(kind, error, where))  # type: ignore[arg-type]  # an exception that is none is told as none


def _describe(logger: Any, method: str, entry: EventDict) -> EventDict:
    record: logging.LogRecord = entry["_record"]
    arguments = entry.get("positional_args", ())
    known = {name: entry[name] for name in ("request", "task") if name in entry}
    told = {"time": entry["time"], "level": record.levelname.lower(), "logger": record.name}
    told["event"] = TELLS_WHO.sub(LEFT_OUT, _event(record, arguments))
    if record.name.partition(".")[0] not in (*OURS, WEB_SERVER) and not hasattr(record, "request"):
        told["place"] = f"{_short(record.pathname)}:{record.lineno}"
    told |= known | _about_request(record) | getattr(record, "told", {})
    if "exc_info" in entry and (error := entry["exc_info"][1]) is not None:
        told |= {"exception": _named(error), "traceback": "\n".join(_trace(error))}
    return told


def _event(record: logging.LogRecord, arguments: Any) -> str:
    template = str(record.msg)
    if record.name.partition(".")[0] in OURS:
        return template % arguments if arguments else template
    if record.name == ABOUT_ANSWERS and template == "%s: %s":
        return str(arguments[0])
    if arguments:
        return _numbers_only(template, arguments)
    # Without arguments nobody knows what was put into it. The web server puts it behind one of these.
    return re.split(r"[=:?\n]", template)[0] if record.name.partition(".")[0] == WEB_SERVER else LEFT_OUT


def _numbers_only(template: str, arguments: Any) -> str:
    try:
        if isinstance(arguments, Mapping):
            return template % {name: _number(value) for name, value in arguments.items()}
        return template % tuple(map(_number, arguments))
    except (TypeError, ValueError, KeyError):
        return LEFT_OUT


def _number(value: Any) -> int | float | str:
    return value if isinstance(value, int | float) else LEFT_OUT


def _about_request(record: logging.LogRecord) -> dict[str, Any]:
    """Which of our addresses was asked for, by its pattern, and what came of it."""
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    told = {"route": getattr(match, "route", None), "status": getattr(record, "status_code", None)}
    return {name: value for name, value in told.items() if value is not None}


def route_of(path: str) -> str | None:
    """The pattern of one of our addresses; None for any other. Only where Django is there."""
    from django.http import Http404
    from django.urls import resolve

    try:
        return str(resolve(path).route)
    except Http404:
        return None


def _trace(error: BaseException) -> Iterator[str]:
    """Where an exception came from, the first cause first. Places alone: a message may hold what was typed."""
    chain = [error]
    while len(chain) < MOST_CAUSES and (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    for each in reversed(chain):
        frames = list(_frames(each.__traceback__))[-MOST_FRAMES:]
        yield from (f"{_short(frame.f_code.co_filename)}:{line} in {frame.f_code.co_name}" for frame, line in frames)
        yield _named(each)


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _named(error: BaseException) -> str:
    """The type of an exception, and the code that a database or the system gave it."""
    number = getattr(error, "errno", None)
    codes = (
        getattr(error, "sqlstate", None),
        getattr(error, "sqlite_errorname", None),
        errno.errorcode.get(number or 0),
    )
    code = next(filter(None, codes), "")
    return f"{type(error).__module__}.{type(error).__qualname__}" + (f" ({code})" if code else "")


def _short(path: str) -> str:
    """The path of a module without where the machine keeps it."""
    return KEPT_BY_THE_MACHINE.sub("", path).removeprefix(f"{os.getcwd()}/")  # noqa: PTH109 (a text, asked at each line)
