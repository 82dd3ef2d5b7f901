"""How much each thing counts when hits are ranked: one table for all engines.

Nothing here looks at verdicts: a page is not ranked down for telling honestly what failed.
"""

from __future__ import annotations

# `text` holds everything, so a word in the title counts there as well.
FIELDS: dict[str, float] = {"title": 2.6, "summary": 1.5, "labels": 1.2, "text": 1.0}

# Words that were not typed, but mean the same. Each is a share of what a typed word of that rarity
# would earn, so that a rare synonym never outweighs a common typed word.
TERM = 0.9
LABEL = 0.6
SYNONYM = 0.35

# Typed neighbours that also stand side by side.
PHRASES: dict[str, float] = {"title": 1.4, "summary": 0.8, "text": 0.5}
PHRASE_SLOP = 1
