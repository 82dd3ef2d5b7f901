"""Every address of the site. Ours come before Wagtail's, which serves what staff write."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [
    path("", include("home.urls")),
    path("", include("practices.urls")),
    path("", include("search.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("", include(wagtail_urls)),
]

handler500 = "home.views.server_error"
