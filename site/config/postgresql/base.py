"""PostgreSQL as Django has it, but for what it says of the one letter that it cannot keep.

Forms refuse a NUL byte with words for whoever typed it. It also stands in addresses, in cookies and in what the admin
asks for, and there a page would fail: nobody types it by accident, so the answer is that the request cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.db import DataError
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(refuse_nul)


def refuse_nul(execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a statement. Text with a NUL byte is refused before it is sent."""
    try:
        return execute(sql, params, many, context)
    except DataError as error:
        # The second is said of JSON, by the server: there the transaction is lost.
        if "NUL (0x00)" in str(error) or "\\u0000" in str(error):
            raise BadRequest("A NUL byte cannot be kept or looked for.") from None
        raise
