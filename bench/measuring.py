"""One measurement in a process of its own: `python -m bench.measuring search '{"size": 10000, "rounds": 5}'`.

What is told stands as JSON on the last line of its output. The library is the one that DATA_DIR names.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# By name, the module and the function that measures; each takes what `Task` asks for, and returns rows.
MEASURES = {
    "search": "bench.searching:measure_search",
    "facets": "bench.searching:measure_facets",
    "finding": "bench.finding:measure_finding",
    "finding while edited": "bench.finding_while_edited:measure_finding_while_edited",
    "pages": "bench.pages:measure_pages",
    "cached": "bench.pages:measure_cached_pages",
    "publish": "bench.publishing:measure_publish",
    "editors": "bench.editing:measure_editors",
    "writing": "bench.writing:measure_writing",
    "reviewing": "bench.reviewing:measure_reviewing",
    "telling": "bench.telling:measure_telling",
    "engines": "bench.side_by_side:measure_engines",
    "databases": "bench.side_by_side:measure_databases",
    "memory": "bench.memory:measure_memory",
    "check": "bench.checking:measure_check",
    "profile": "bench.profiles:write_profiles",
}


def prepare() -> None:
    """Begin as a web worker does: settings, every app and every address loaded."""
    import django
    from django.urls import get_resolver

    django.setup()
    _ = get_resolver().url_patterns
    if "gc.freeze" in (ROOT / "docker" / "gunicorn.conf.py").read_text():
        # As in production, or else what was loaded at the start is looked at again and again.
        gc.collect()
        gc.freeze()


def measure(name: str, task: dict[str, Any]) -> list[dict[str, Any]]:
    module, _, function = MEASURES[name].partition(":")
    return [row.told() for row in getattr(importlib.import_module(module), function)(**task)]


def end(*_: Any) -> None:
    """Leave through every `finally`, so that no server outlives us."""
    sys.exit(1)


def main() -> None:
    signal.signal(signal.SIGTERM, end)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    prepare()
    rows = measure(sys.argv[1], json.loads(sys.argv[2]))
    print(json.dumps(rows), flush=True)


if __name__ == "__main__":
    main()
