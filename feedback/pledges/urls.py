"""Addresses of one thing to try, and of the links in mails that ask how it went."""

from django.urls import path

from . import views

urlpatterns = [
    path("practices/<slug:slug>/try/", views.try_one_thing, name="try"),
    path("practices/<slug:slug>/try/sent/", views.look_at_your_mail, name="try_sent"),
    path("try/prove/<str:signed>/", views.prove_pledge, name="prove_pledge"),
    path("try/answer/<str:signed>/", views.answer_pledge, name="answer_pledge"),
    path("try/stop/<str:signed>/", views.stop_pledge, name="stop_pledge"),
]
