"""Ratings of pages, and practices that people rule out."""
