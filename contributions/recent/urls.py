"""Addresses of what changed lately. They come before those of practices, which take any word."""

from django.urls import path

from . import views
from .feeds import ChangesFeed, PracticeFeed

app_name = "recent"

urlpatterns = [
    path("changes/", views.changes, name="changes"),
    path("changes/feed/", ChangesFeed(), name="feed"),
    path("practices/<slug:slug>/feed/", PracticeFeed(), name="practice_feed"),
]
