"""Addresses of what people say. They come before those of practices, which take any word."""

from django.urls import path

from . import flag_views, outcome_views, review_views
from .opinions.urls import urlpatterns as of_opinions
from .pledges.urls import urlpatterns as of_pledges
from .tried.urls import urlpatterns as of_reports

app_name = "feedback"
urlpatterns = [
    *of_reports,
    *of_opinions,
    *of_pledges,
    path("practices/<slug:slug>/flag/", flag_views.flag_practice, name="flag_practice"),
    path("proposals/<int:pk>/flag/", flag_views.flag_proposal, name="flag_proposal"),
    path("people/<slug:username>/flag/", flag_views.flag_person, name="flag_person"),
    path("tried/<int:pk>/flag/", flag_views.flag_report, name="flag_report"),
    path("reports/sent/", flag_views.sent, name="sent"),
    path("reports/<int:pk>/", outcome_views.concern, name="concern"),
    path("messages/answer/", outcome_views.answer, name="answer"),
    path("review/reports/", review_views.reports, name="reports"),
    path("review/reports/<int:pk>/", review_views.report, name="report"),
]
