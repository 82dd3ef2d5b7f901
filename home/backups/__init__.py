"""Backups: one archive with database, photos and a list of settings; made while people write, tried before it is used.

`making.py` makes one and `restoring.py` puts one back. What differs between the databases stands in `sqlite.py` and
`postgresql.py`; the form of the archive, and what is refused of one, in `archive.py`.
"""
