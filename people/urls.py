"""One's own account, what one is told, and what others see. What django-allauth serves stands below account/ too."""

from django.urls import path

from . import account_views as views
from . import log_views, message_views, profile_views

app_name = "people"
urlpatterns = [
    path("account/", views.overview, name="account"),
    path("account/handle/", views.handle, name="handle"),
    path("account/leave/", views.leave, name="leave"),
    path("account/left/", views.left, name="left"),
    path("mail/", views.mailbox, name="mailbox"),
    path("messages/", message_views.messages, name="messages"),
    path("messages/mail/", message_views.mail, name="choose_mail"),
    path("messages/stop/<str:signed>/", message_views.stop_mail, name="stop_mail"),
    path("people/<slug:username>/", profile_views.profile, name="profile"),
    path("people/<slug:username>/pause/", profile_views.pause, name="pause"),
    path("review/log/", log_views.log, name="log"),
]
