"""Addresses of practices and terms. They are a contract: other people's bookmarks rest on them."""

from django.urls import path

from practices import views
from practices.models import Vocabulary

app_name = "practices"

urlpatterns = [
    path("practices/", views.library, name="library"),
    path("practices/<slug:slug>/", views.practice, name="practice"),
    path("practices/<slug:slug>/print/", views.print_sheet, name="print"),
    path("outcomes/<slug:slug>/", views.term, {"vocabulary": Vocabulary.OUTCOME}, name="outcome"),
    path("groups/<slug:slug>/", views.term, {"vocabulary": Vocabulary.GROUP}, name="group"),
    path("principles/<slug:slug>/", views.term, {"vocabulary": Vocabulary.PRINCIPLE}, name="principle"),
]
