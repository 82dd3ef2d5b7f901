from django.contrib.sitemaps import views as sitemap_views
from django.urls import path

from . import erasure_views, media, upkeep_views, views, watch_views
from .sitemaps import SITEMAPS

app_name = "home"

urlpatterns = [
    path("review/erase/", erasure_views.passage, name="erase"),
    path("people/<slug:username>/erase/", erasure_views.person, name="erase_person"),
    path("", views.front_door, name="front_door"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("practices/<slug:slug>/watch/", watch_views.watch, name="watch"),
    path("watching/", watch_views.watching, name="watching"),
    path("review/upkeep/", upkeep_views.upkeep, name="upkeep"),
    path("review/figures/", upkeep_views.figures, name="figures"),
    path("media/<path:name>", media.serve_rendition, name="rendition"),
    path(
        "sitemap.xml",
        sitemap_views.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "home:sitemap_section"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap_section"),
]
