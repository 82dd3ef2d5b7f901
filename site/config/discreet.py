"""Logs that leave out what people typed: they type about people."""

from __future__ import annotations

import logging
import re

WORDS_IN_ADDRESS = re.compile(r"\?\S*")


class LeaveOutWords(logging.Filter):
    """Cuts addresses from the question mark on."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = WORDS_IN_ADDRESS.sub("", record.getMessage())
        record.args = ()
        return True
