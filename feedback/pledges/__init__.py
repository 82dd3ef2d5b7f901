"""One thing to try, and being asked how it went."""
