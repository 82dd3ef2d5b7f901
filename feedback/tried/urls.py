"""Addresses of reports of how it went: to tell, to read, to check."""

from django.urls import path

from . import check_views, own_views, tell_views, told_views

urlpatterns = [
    path("practices/<slug:slug>/tried/", tell_views.tell, name="tell"),
    path("practices/<slug:slug>/tried/slip/", told_views.slip, name="slip"),
    path("practices/<slug:slug>/told/", told_views.told, name="told"),
    path("tried/", own_views.mine, name="mine"),
    path("tried/<int:pk>/", own_views.tried_report, name="tried_report"),
    path("tried/<int:pk>/change/", tell_views.change_report, name="change_report"),
    path("tried/<int:pk>/withdraw/", own_views.withdraw, name="withdraw_report"),
    path("review/tried/", check_views.tried_queue, name="tried_queue"),
    path("review/tried/<int:pk>/", check_views.check_report, name="check_report"),
]
