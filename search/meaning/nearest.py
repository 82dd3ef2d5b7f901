"""Which pages come nearest to what was typed, of all vectors held in the memory of this process."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Sum
from django.db.models.functions import Length

from search.models import PageVectors

from .encoder import DIMENSIONS, encoder

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)
# Of one. A tenth of the judged queries that have an answer lie below it, and of those that have none a half lie
# above: it says "close", never "this answers".
FLOOR = 0.3
# 154 MB and 7 ms a search; about 8,000 pages. A larger library is for an engine on its own server.
MOST_PASSAGES = 100_000


@dataclass(frozen=True, slots=True)
class Close:
    """A page that is close in meaning: how close, from -1 to 1, and which of its passages is the closest."""

    page_id: int
    changed: int
    likeness: float
    passage: int


@dataclass(frozen=True, slots=True)
class Kept:
    """All vectors one below the other, and where each page begins."""

    key: tuple[int, int]
    rows: tuple[tuple[int, int, int, NDArray[numpy.float32]], ...]
    matrix: NDArray[numpy.float32]
    starts: NDArray[numpy.intp]


_guard = threading.Lock()
_kept: Kept | None = None


def close_in_meaning(text: str, limit: int) -> list[Close]:
    """The pages that have a passage near enough to a text, the nearest first.

    Nothing, where the extra is not installed, nothing was read yet, or the library is too large for it.

    Args:
        text: what was typed, up to some hundred words.
        limit: so many at most.
    """
    model = encoder()
    kept = _all_vectors() if model is not None and text else None
    if model is None or kept is None:
        return []
    import numpy

    scores = kept.matrix @ model.encode([text])[0]
    likeness = numpy.maximum.reduceat(scores, kept.starts)
    nearest = numpy.argsort(-likeness)[:limit]
    found = []
    for number in nearest[likeness[nearest] >= FLOOR]:
        _pk, page_id, changed, vectors = kept.rows[number]
        start = kept.starts[number]
        passage = int(numpy.argmax(scores[start : start + len(vectors)]))
        found.append(Close(page_id, changed, float(likeness[number]), passage))
    return found


def _all_vectors() -> Kept | None:
    """What is kept, read anew as far as it changed; None when there is nothing, or too much."""
    global _kept  # noqa: PLW0603 (one matrix for the process, swapped whole)
    told = PageVectors.objects.aggregate(number=Count("pk"), last=Max("pk"))
    key = (told["number"], told["last"] or 0)
    with _guard:
        if _kept is None or _kept.key != key:
            _kept = _read(key, _kept.rows if _kept else ())
        return _kept if len(_kept.matrix) else None


def is_full() -> bool:
    """Whether there are more passages than are held in memory."""
    told = PageVectors.objects.aggregate(held=Sum(Length("vectors")))
    return (told["held"] or 0) // (2 * DIMENSIONS) > MOST_PASSAGES


def _read(key: tuple[int, int], before: tuple[tuple[int, int, int, NDArray], ...]) -> Kept:
    import numpy

    if is_full():
        logger.warning("Finding by meaning is left out: the library has more than %s passages.", MOST_PASSAGES)
        return Kept(key, (), numpy.zeros((0, DIMENSIONS), numpy.float32), numpy.zeros(0, numpy.intp))
    ids = set(PageVectors.objects.values_list("pk", flat=True))
    rows = [row for row in before if row[0] in ids]
    new = sorted(ids - {row[0] for row in rows})
    for start in range(0, len(new), 500):
        read = PageVectors.objects.filter(pk__in=new[start : start + 500])
        for pk, page_id, changed, vectors in read.values_list("pk", "page_id", "changed", "vectors"):
            numbers = numpy.frombuffer(bytes(vectors), dtype="<f2").astype(numpy.float32)
            rows.append((pk, page_id, changed, numbers.reshape(-1, DIMENSIONS)))
    ends = numpy.cumsum([len(row[3]) for row in rows], dtype=numpy.intp)
    matrix = numpy.concatenate([row[3] for row in rows]) if rows else numpy.zeros((0, DIMENSIONS), numpy.float32)
    starts = ends - [len(row[3]) for row in rows]
    # The rows are parts of the matrix from now on, so that nothing stands in the memory twice.
    parts = tuple((*row[:3], matrix[start:end]) for row, start, end in zip(rows, starts, ends, strict=True))
    return Kept(key, parts, matrix, starts.astype(numpy.intp))
