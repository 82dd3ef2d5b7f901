"""Every address of the site. Ours come before Wagtail's, which serves what staff write."""

from importlib.util import find_spec  # until every app has its urls.py

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [
    *(path("", include(f"{app}.urls")) for app in ("home", "practices", "search") if find_spec(f"{app}.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("", include(wagtail_urls)),
]

handler500 = "home.views.server_error"
