"""Addresses of writing, of history and of checking. They come before those of practices, which take any word."""

from django.urls import path

from . import edit_views, history_views, new_views, proposal_views, review_views, shift_views, undo_views

app_name = "contributions"
urlpatterns = [
    path("practices/new/", new_views.new, name="new"),
    path("practices/<slug:slug>/adapt/", new_views.adapt, name="adapt"),
    path("practices/<slug:slug>/edit/", edit_views.edit, name="edit"),
    path("practices/<slug:slug>/history/", history_views.history, name="history"),
    path("practices/<slug:slug>/history/<int:revision>/", history_views.version, name="version"),
    path(
        "practices/<slug:slug>/history/<int:revision>/restore/",
        history_views.go_back,
        {"undo": False},
        name="restore",
    ),
    path("practices/<slug:slug>/history/<int:revision>/undo/", history_views.go_back, {"undo": True}, name="undo"),
    path("practices/<slug:slug>/compare/<int:older>/<int:newer>/", history_views.compare, name="compare"),
    path("proposals/", proposal_views.mine, name="mine"),
    path("proposals/<int:pk>/", proposal_views.proposal, name="proposal"),
    path("proposals/<int:pk>/write/", proposal_views.write, name="write"),
    path("proposals/<int:pk>/preview/", proposal_views.preview, name="preview"),
    path("proposals/<int:pk>/conflict/", proposal_views.conflict, name="conflict"),
    path("review/", review_views.review, name="review"),
    path("review/ticked/", undo_views.reject_ticked, name="reject_ticked"),
    path("people/<slug:username>/undo/", undo_views.undo, name="undo_person"),
    path("review/five/", shift_views.five, name="five"),
    path("review/next/", shift_views.next_one, name="next"),
    path("review/<int:pk>/", review_views.review_one, name="review_one"),
    path("review/<int:pk>/correct/", shift_views.correct, name="correct"),
    path("review/<int:pk>/take-out/", review_views.take_out, name="take_out"),
]
