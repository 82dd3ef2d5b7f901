"""How the web server runs: behind `make run` and in the container alike. Started from the root."""

import logging
import os
import re

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


class LeaveOutWords(logging.Filter):
    """Cuts what gunicorn itself says of a request it cannot read: from the question mark on, and who sent it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = re.sub(r"\?.*|ip=\S+", "(left out)", record.getMessage(), flags=re.DOTALL)
        record.args = ()
        return True


class DiscreetLogger(Logger):
    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        self.error_log.addFilter(LeaveOutWords())


logger_class = DiscreetLogger
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")
control_socket_disable = True
