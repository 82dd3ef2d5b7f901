"""The admin as moderators meet it."""

import uuid

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseForbidden
from django.urls import reverse
from wagtail.models import Page

from config.middleware import AdminTransactionMiddleware
from contributions.applying import apply_changes
from contributions.content import Change
from home.roles import MODERATORS
from practices.models import FormerSlug, Outcome, Photo, PracticePage
from tests.factories.people import UserFactory
from tests.factories.practices import OutcomeFactory, PhotoFactory, PracticeFactory, SelfReliantGroupFactory, image_file

pytestmark = pytest.mark.django_db


def form_of(client, url):
    """What a browser would send back of the form at an address, without touching anything."""
    form = client.get(url).context["form"]
    return form_data(form)


def form_data(form):
    data = {}
    for name, field in form.fields.items():
        value = form.initial.get(name, field.initial)
        value = value() if callable(value) else value
        if hasattr(value, "__iter__") and not isinstance(value, str):
            value = [getattr(item, "pk", item) for item in value]
        if value not in (None, ""):
            data[name] = getattr(value, "pk", value)
    for formset in getattr(form, "formsets", {}).values():
        prefix = formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": len(formset.forms), f"{prefix}-INITIAL_FORMS": formset.initial_form_count()}
        data |= {f"{prefix}-MIN_NUM_FORMS": 0, f"{prefix}-MAX_NUM_FORMS": 1000}
        for number, row in enumerate(formset.forms):
            data |= {f"{prefix}-{number}-{key}": value for key, value in form_data(row).items()}
            data[f"{prefix}-{number}-ORDER"] = number + 1
    return data


def test_a_moderator_reaches_the_admin_and_a_contributor_does_not(client, moderator):
    client.force_login(moderator)
    assert client.get("/admin/").status_code == 200
    client.force_login(UserFactory())
    assert client.get("/admin/").status_code == 302


def test_wagtails_own_groups_that_may_edit_everything_are_gone(moderator):
    assert set(Group.objects.values_list("name", flat=True)) == {MODERATORS}


def test_saving_a_practice_publishes_it_whatever_button_the_form_was_sent_with(desk, library):
    page = SelfReliantGroupFactory(unpublished=True, essentials=["Trust each other."], sources=[{"title": "A note"}])
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = form_of(desk, url) | {"summary": "Said anew.", "changes-TOTAL_FORMS": 1}
    data |= {"changes-0-claim": "They saved.", "changes-0-basis": "told", "changes-0-told_by": "unknown"}
    data |= {"changes-0-source": str(page.sources.get().key), "changes-0-ORDER": 1, "nations": ["wales", "england"]}
    key = page.essentials.get().key
    response = desk.post(url, data)
    assert response.status_code == 302, response.context["form"].errors
    page = PracticePage.objects.get(pk=page.pk)
    assert page.summary == "Said anew."
    assert page.latest_revision_id == page.live_revision_id
    assert not page.has_unpublished_changes
    assert page.nations == ["england", "wales"]
    assert page.essentials.get().key == key
    assert page.changes.get().source == page.sources.get().key


def test_a_page_whose_changes_and_voices_name_sources_is_saved_and_keeps_them(desk, library):
    key = uuid.uuid4()
    page = PracticeFactory(
        unpublished=True,
        sources=[{"title": "A note", "key": key}],
        changes=[{"claim": "They saved.", "source": key}],
        voices=[{"quote": "we were invited", "source": key}],
    )
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = desk.post(url, form_of(desk, url) | {"summary": "Said anew."})
    assert response.status_code == 302, response.context["form"].errors
    page = PracticePage.objects.get(pk=page.pk)
    assert (page.summary, page.changes.get().source, page.voices.get().source) == ("Said anew.", key, key)


def test_publish_comes_before_unpublish_in_the_buttons(desk, library):
    content = desk.get(reverse("wagtailadmin_pages:edit", args=[PracticeFactory().pk]) + "?desk").content.decode()
    assert content.index('name="action-publish"') < content.rindex("/unpublish/")


@pytest.mark.parametrize("view", ["view_draft", "revisions_view"])
def test_what_has_no_preview_says_no_and_does_not_break(desk, library, view):
    page = PracticeFactory()
    args = [page.pk] if view == "view_draft" else [page.pk, page.latest_revision_id]
    assert desk.get(reverse(f"wagtailadmin_pages:{view}", args=args)).status_code in (302, 403)


@pytest.mark.parametrize("vocabulary", ["outcome", "beneficiarygroup", "principle"])
def test_lists_of_terms_need_no_picture_of_an_admin_that_is_not_installed(desk, library, vocabulary):
    OutcomeFactory(), OutcomeFactory(is_retired=True)
    response = desk.get(reverse(f"practices_{vocabulary}_modeladmin_index"))
    assert response.status_code == 200
    assert "/static/admin/" not in response.content.decode()


def test_a_moderator_cannot_take_down_the_whole_library_or_the_front_door(desk, library):
    PracticeFactory()
    for page in (library, library.get_parent()):
        desk.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]), {"include_descendants": "on"})
        assert desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 302
    assert PracticePage.objects.visible().count() == 1


def test_a_moderator_adds_photos(desk, library):
    assert desk.get(reverse("wagtailimages:add")).status_code == 200


def test_a_draft_cannot_be_saved_by_a_script_either(desk, library):
    page = PracticeFactory(unpublished=True)
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = form_of(desk, url) | {"summary": "Typed while nobody looked."}
    desk.post(url, data, headers={"Accept": "application/json"})
    page = PracticePage.objects.get(pk=page.pk)
    assert page.latest_revision_id == page.live_revision_id


def test_the_form_offers_no_draft_no_schedule_and_no_address(desk, library):
    page = PracticeFactory(unpublished=True)
    response = desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    content = response.content.decode()
    assert "action-save-draft" not in content and "action-publish" in content
    assert {"slug", "go_live_at", "expire_at"}.isdisjoint(response.context["form"].fields)


@pytest.mark.parametrize("view", ["delete", "copy", "move", "convert_alias"])
def test_a_practice_is_never_deleted_moved_or_copied_not_even_by_an_administrator(client, library, view):
    page = PracticeFactory()
    client.force_login(UserFactory(administrator=True))
    url = reverse(f"wagtailadmin_pages:{view}", args=[page.pk])
    for response in (client.get(url), client.post(url)):
        assert response.status_code in (302, 403)
    assert PracticePage.objects.filter(pk=page.pk, live=True).exists()


def test_a_locked_practice_stays_as_it_is(desk, library):
    page = PracticeFactory(unpublished=True)
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = form_of(desk, url) | {"summary": "Said anew."}
    Page.objects.filter(pk=page.pk).update(locked=True)
    desk.post(url, data)
    assert PracticePage.objects.get(pk=page.pk).summary == page.summary


def test_what_people_can_read_is_written_in_the_wikis_own_form(desk, library):
    page = PracticeFactory()
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert desk.get(url).url == f"/practices/{page.slug}/edit/"
    revert = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, page.latest_revision_id])
    assert desk.get(revert).url == f"/practices/{page.slug}/history/"


def test_a_photo_that_is_chosen_at_the_desk_overwrites_nothing_that_was_written_meanwhile(desk, library):
    page, photo = PracticeFactory(steps=["Find a room"]), PhotoFactory()
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = form_of(desk, f"{url}?desk") | {"photo": photo.pk, "summary": "Written over."}
    apply_changes(page=page, changes={"summary": Change(page.summary, "Said anew.")}, by=UserFactory())
    assert desk.post(url, data).status_code == 302
    page = PracticePage.objects.get(pk=page.pk)
    assert (page.summary, page.photo, page.steps.get().text) == ("Said anew.", photo, "Find a room")


def test_a_moderator_unpublishes_a_practice(desk, library):
    page = PracticeFactory()
    desk.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    assert not PracticePage.objects.visible().exists()


def test_a_new_practice_is_published_with_its_totals(client, library):
    client.force_login(UserFactory(administrator=True))
    url = reverse("wagtailadmin_pages:add", args=["practices", "practicepage", library.pk])
    data = form_of(client, url) | {"title": "The kettle", "summary": "Somebody puts the kettle on."}
    response = client.post(url, data)
    assert response.status_code == 302, response.context["form"].errors
    page = PracticePage.objects.get()
    assert page.live and page.slug == "the-kettle" and page.totals.ratings == 0


def test_a_moderator_changes_the_kind_of_a_practice(desk, library):
    page = PracticeFactory()
    url = reverse("practices_change_kind", args=[page.pk])
    assert url in desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk]) + "?desk").content.decode()
    desk.post(url, {"kind": "community-connector"})
    assert PracticePage.objects.get(pk=page.pk).specific.kind == "community-connector"
    assert desk.post(url, {"kind": "club"}).status_code == 200


def test_a_contributor_cannot_change_a_kind(client, library):
    page = PracticeFactory()
    client.force_login(UserFactory())
    response = client.post(reverse("practices_change_kind", args=[page.pk]), {"kind": "community-connector"})
    assert response.status_code in (302, 403)
    assert PracticePage.objects.get(pk=page.pk).specific.kind == "other"


def term_url(action, term=None):
    return reverse(f"practices_outcome_modeladmin_{action}", args=[term.pk] if term else [])


def test_a_renamed_term_keeps_its_old_address_and_its_words_are_read_by_line(desk, library):
    term = OutcomeFactory(slug="lonely", label="Lonely")
    PracticeFactory(outcomes=[term])
    data = {
        "label": "Less loneliness",
        "slug": "less-loneliness",
        "also": "alone\n\n on  their own \nalone",
        "sort_order": 0,
    }
    response = desk.post(term_url("edit", term), data)
    assert response.status_code == 302, response.context["form"].errors
    term.refresh_from_db()
    assert term.also == ["alone", "on their own", "Lonely"]
    assert FormerSlug.objects.get().slug == "lonely"
    assert Outcome.objects.at_address("lonely") == term


def test_a_term_in_use_cannot_be_deleted_and_an_unused_one_can(desk, library):
    used, unused = OutcomeFactory(), OutcomeFactory()
    PracticeFactory(outcomes=[used])
    desk.post(term_url("delete", used))
    desk.post(term_url("delete", unused))
    assert list(Outcome.objects.all()) == [used]


def test_a_moderator_merges_two_terms(desk, library):
    source, target = OutcomeFactory(), OutcomeFactory()
    page = PracticeFactory(outcomes=[source])
    assert term_url("merge", source) in desk.get(term_url("index")).content.decode()
    assert desk.get(term_url("merge", source)).status_code == 200
    assert desk.post(term_url("merge", source), {"target": source.pk}).status_code == 200
    assert desk.post(term_url("merge", source), {"target": target.pk}).status_code == 302
    assert list(PracticePage.objects.get(pk=page.pk).outcomes.all()) == [target]


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_hostile_words_in_a_term_or_title_come_out_as_text(desk, library, words):
    term = OutcomeFactory(label=words)
    page = PracticeFactory(title=words, outcomes=[term])
    for url in (term_url("index"), term_url("edit", term), reverse("wagtailadmin_pages:edit", args=[page.pk])):
        assert words not in desk.get(url).content.decode()


def test_a_photo_is_taken_with_its_consent_and_a_broken_one_refused_with_a_sentence(
    client, library, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(UserFactory(administrator=True))
    url = reverse("wagtailimages:add")
    data = {"title": "People round a table", "collection": 1, "consent": "on"}
    for content in (b"GIF89a" + b"\x00" * 30, b"\xff\xd8\xff\xe0 cut short"):
        response = client.post(url, data | {"file": SimpleUploadedFile("a.jpg", content, "image/jpeg")})
        assert response.status_code == 200
        assert response.context["form"].errors["file"]
    good = SimpleUploadedFile("anna.jpg", image_file().read(), "image/jpeg")
    response = client.post(url, data | {"file": good})
    assert response.status_code == 302, response.context["form"].errors
    assert Photo.objects.get().consent


def test_a_photo_without_consent_is_refused(client, library, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(UserFactory(administrator=True))
    file = SimpleUploadedFile("anna.jpg", image_file().read(), "image/jpeg")
    response = client.post(reverse("wagtailimages:add"), {"title": "People", "collection": 1, "file": file})
    assert response.context["form"].errors["consent"]
    assert not Photo.objects.exists()


@pytest.mark.parametrize("view", ["delete", "move", "copy"])
def test_not_even_an_administrator_deletes_or_moves_what_the_library_stands_on(client, library, view):
    client.force_login(UserFactory(administrator=True))
    PracticeFactory()
    for page in (library, library.get_parent()):
        client.post(reverse(f"wagtailadmin_pages:{view}", args=[page.pk]))
    assert PracticePage.objects.visible().count() == 1
    assert Page.objects.filter(slug="practices").count() == 1


def test_a_change_that_the_admin_refuses_half_way_leaves_nothing_behind(rf, library):
    def half_way(request):
        Outcome.objects.create(label="Half", slug="half")
        return HttpResponseForbidden()

    middleware = AdminTransactionMiddleware(half_way)
    middleware(rf.post("/admin/anything/"))
    assert not Outcome.objects.exists()
    middleware(rf.post("/elsewhere/"))
    assert Outcome.objects.exists()
