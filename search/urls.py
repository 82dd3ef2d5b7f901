"""The addresses of search. They are a contract: bookmarks and other people's links rest on them."""

from django.urls import path

from . import views, wanted_views
from .feeds import SearchFeed

app_name = "search"

urlpatterns = [
    path("search/", views.results, name="results"),
    path("search/feed/", SearchFeed(), name="feed"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("search/describe/", views.describe_person, name="describe"),
    path("wanted/", wanted_views.wanted, name="wanted"),
    path("wanted/ask/", wanted_views.ask, name="ask"),
    path("wanted/asked/", wanted_views.thanks, {"was_there": False}, name="asked"),
    path("wanted/counted/", wanted_views.thanks, {"was_there": True}, name="counted"),
    path("wanted/<int:pk>/", wanted_views.ask_for_the_same, name="ask_too"),
]
