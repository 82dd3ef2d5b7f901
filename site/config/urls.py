"""Every address of the site. Ours come before Wagtail's, which serves what staff write."""

from django.urls import include, path, reverse_lazy
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [
    path("", include("home.urls")),
    path("", include("feedback.urls")),
    path("", include("contributions.recent.urls")),
    path("", include("contributions.urls")),
    path("", include("practices.urls")),
    path("", include("search.urls")),
    path("", include("people.urls")),
    path("account/", include("allauth.urls")),
    # Wagtail's own ways in would pass by the second factor: two of the desk, one for pages that are not public.
    path("_util/login/", RedirectView.as_view(url=reverse_lazy("account_login"), query_string=True)),
    path("admin/login/", RedirectView.as_view(url=reverse_lazy("account_login"), query_string=True)),
    path("admin/password_reset/", RedirectView.as_view(url=reverse_lazy("account_reset_password"))),
    path("admin/", include(wagtailadmin_urls)),
    path("", include(wagtail_urls)),
]

handler500 = "home.views.server_error"
