"""Addresses of ratings, and of ruling a practice out."""

from django.urls import path

from . import views

urlpatterns = [
    path("practices/<slug:slug>/rate/", views.rate, name="rate"),
    path("practices/<slug:slug>/not-for-us/", views.not_for_us, name="not_for_us"),
    path("practices/<slug:slug>/not-for-us/sent/", views.ruled_out, name="ruled_out"),
]
