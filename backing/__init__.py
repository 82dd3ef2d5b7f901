"""Servers that tests and measurements need beside them: each private, on a free port, in a temporary folder.

Nothing here belongs to the product, which is told of its servers by settings. It uses the standard library alone.
"""
