"""Addresses of reports of how it went: to tell, to read, to check."""

from django.urls import path

from . import views

urlpatterns = [
    path("practices/<slug:slug>/tried/", views.tell, name="tell"),
    path("practices/<slug:slug>/tried/slip/", views.slip, name="slip"),
    path("practices/<slug:slug>/told/", views.told, name="told"),
    path("tried/", views.mine, name="mine"),
    path("tried/<int:pk>/", views.tried_report, name="tried_report"),
    path("tried/<int:pk>/change/", views.change_report, name="change_report"),
    path("tried/<int:pk>/withdraw/", views.withdraw_report, name="withdraw_report"),
    path("review/tried/", views.tried_queue, name="tried_queue"),
    path("review/tried/<int:pk>/", views.check_report, name="check_report"),
]
