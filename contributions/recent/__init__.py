"""What changed lately in the whole library: a page for everybody, and feeds of it and of each practice.

It only reads. What became of one page is told by `contributions/history.py`; this puts all pages into one line.
"""
