"""Addresses of what people say: reports of harm, and what is decided about them."""

from django.urls import URLPattern

app_name = "feedback"
urlpatterns: list[URLPattern] = []
