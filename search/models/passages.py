"""The passages of a page as vectors, for finding by meaning."""

from __future__ import annotations

from django.db import models


class PageVectors(models.Model):
    """What a page's passages mean, in numbers; their words stand on the page alone.

    A row is never changed: whoever reads a page anew makes a new one. So the largest id and the number of rows
    tell a process whether it has read all there is.
    """

    page_id = models.BigIntegerField(unique=True)
    # The moment of change that the page was read at, in microseconds.
    changed = models.BigIntegerField()
    # The model and the way of cutting a page into passages.
    made_by = models.CharField(max_length=40)
    # Rows of 384 numbers of two bytes each, in the order of the passages.
    vectors = models.BinaryField()

    def __str__(self) -> str:
        return str(self.page_id)
