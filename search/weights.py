"""How much each thing counts when hits are ranked: one table for all engines.

Nothing here looks at verdicts: a page is not ranked down for telling honestly what failed.
"""

from __future__ import annotations

# `text` holds everything, so a word in the title counts there as well.
FIELDS: dict[str, float] = {"title": 2.2, "summary": 1.5, "labels": 1.2, "asked": 1.0, "text": 1.0}

# Words that were not typed, but mean the same. Each is a share of what a typed word of that rarity
# would earn, so that a rare synonym never outweighs a common typed word.
TERM = 0.9
NEAR = 0.4
# And a share of what the term earns by being rare, and one of few on its page.
ABOUT = 0.55
# Of several ways in which one thing is answered the best counts, and the others so much.
TIE = 0.5
OTHERS: dict[str, float] = {"title": 1.4, "summary": 1.2, "labels": 0.5, "text": 0.4}

# Words that need not be there.
HINT = 0.3

# Typed neighbours that also stand side by side.
PHRASES: dict[str, float] = {"title": 1.4, "summary": 1.2, "text": 0.3}
PHRASE_SLOP = 1
# Two typed words that stand in one way in which people ask for it.
TOGETHER = 0.3

# The share of all points that a hit needs, for one telling slot, for two, and so on. One that is named
# anywhere is found. Of two, both are needed and one of them where it counts.
ENOUGH = (0.5, 0.75, 0.66, 0.75, 0.6, 0.5)
# What comes near has a smaller share, and is set apart.
SOME = 0.25

# How far places that told how it went lift a page: a factor of 1.15 at the most, so that it orders pages that answer
# about as well, and a page that nobody has told of yet is not pushed out by it. Nothing is ever ranked down. On the
# judged queries, places strewn by chance over half of the library cost at most 0.003 of nDCG@10.
TOLD = 0.15
# From so many places on it is all the same; below, each more counts less than the one before (the logarithm): the
# first account says most, and a practice of forty places must not stand above all others for ever. One place gives
# 1.04, three 1.09.
TOLD_BY_MANY = 10
# What was last told within a year counts whole; within three years, until sureness calls it old, and after that,
# it counts so much: it was still told.
TOLD_LATELY = (1.0, 0.7, 0.4)
