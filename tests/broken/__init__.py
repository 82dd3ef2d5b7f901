"""The site with one page more, which fails with all that it was told on its lips."""
