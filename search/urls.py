"""The addresses of search. They are a contract: bookmarks and other people's links rest on them."""

from django.urls import path

from . import views

app_name = "search"

urlpatterns = [
    path("search/", views.results, name="results"),
    path("search/describe/", views.describe_person, name="describe"),
    path("wanted/", views.wanted, name="wanted"),
]
