"""How the web server runs: behind `make run` and in the container alike. Started from the root."""

import logging
import os
import re
from typing import Any

from gunicorn.glogging import Logger

pythonpath = "site"
wsgi_app = "config.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
# Where the site begins is ours to say, and no header's.
forwarder_headers = ""
threads = int(os.environ.get("WEB_THREADS", "4"))
# Loaded once and forked: half the time to start, and the workers share what they do not change.
preload_app = True
timeout = 60
graceful_timeout = 10
# People type about people: the log of requests leaves out what stands behind the question mark,
# the page somebody came from, and the network address.
accesslog = os.environ.get("ACCESS_LOG") or None
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")


class LeaveOutWords(logging.Filter):
    """Cuts what gunicorn itself says of a request it cannot read: from the question mark on, and who sent it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = re.sub(r"\?.*|ip=\S+", "(left out)", record.getMessage(), flags=re.DOTALL)
        record.args = ()
        return True


class DiscreetLogger(Logger):
    """The lines of gunicorn without what people typed; as JSON, where the application speaks JSON."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        from config.logs import is_json, speak_json

        self.speaks_json = is_json()
        if not self.speaks_json:
            self.error_log.addFilter(LeaveOutWords())
            return
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(speak_json())

    def access(self, resp: Any, req: Any, environ: dict, request_time: Any) -> None:
        if not self.speaks_json:
            super().access(resp, req, environ, request_time)
        elif self.access_log_enabled:
            self.access_log.info("A request was answered.", extra={"told": about(resp, environ, request_time)})


def about(resp: Any, environ: dict, request_time: Any) -> dict:
    """A request and its answer, by the pattern of the address: the path itself may name somebody."""
    from config.logs import route_of

    numbers = [value for name, value in resp.headers if name.lower() == "x-request-id"]
    return {
        "request": numbers[0] if numbers else None,
        "method": environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else "another",
        "route": route_of(environ.get("PATH_INFO", "")),
        "status": int(str(resp.status).split()[0]),
        "bytes": resp.sent,
        "milliseconds": round(request_time.total_seconds() * 1000),
    }


logger_class = DiscreetLogger
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")
control_socket_disable = True
