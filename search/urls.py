"""The addresses of search. They are a contract: bookmarks and other people's links rest on them."""

from django.urls import path

from . import views
from .feeds import SearchFeed

app_name = "search"

urlpatterns = [
    path("search/", views.results, name="results"),
    path("search/feed/", SearchFeed(), name="feed"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("search/describe/", views.describe_person, name="describe"),
    path("wanted/", views.wanted, name="wanted"),
]
