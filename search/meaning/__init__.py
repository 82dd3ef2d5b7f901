"""Finding by meaning: an optional extra. Whoever does not install its packages has all of the search but this.

Passages of each page are kept as vectors. Where words alone find little, the vector of what was typed is compared
with them, and what comes near is shown apart as "close in meaning". What is typed does not leave the process.
"""

from .nearest import Close, close_in_meaning
from .reading import read_changed_pages

__all__ = ["Close", "close_in_meaning", "read_changed_pages"]
