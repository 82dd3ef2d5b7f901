"""One's own account. What django-allauth serves stands below the same address."""

from django.urls import path

from . import account_views as views

app_name = "people"
urlpatterns = [
    path("account/", views.overview, name="account"),
    path("account/handle/", views.handle, name="handle"),
    path("account/leave/", views.leave, name="leave"),
    path("account/left/", views.left, name="left"),
    path("mail/", views.mailbox, name="mailbox"),
]
