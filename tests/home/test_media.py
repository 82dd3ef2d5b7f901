"""Photos: renditions of photos with consent, and nothing else that lies in the folder."""

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.factories.people import UserFactory
from tests.factories.practices import PhotoFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """A folder of its own for each test; and no rendition that Wagtail remembers of another test's photo."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    return tmp_path


@pytest.fixture
def rendition():
    return PhotoFactory().get_rendition("width-20")


def test_rendition_is_served_as_a_picture_that_can_do_nothing(client, rendition, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get(rendition.url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert not answer.cookies
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")


def test_original_is_never_served(client, rendition):
    original = rendition.image.file.name
    assert original.startswith("original_images/")
    assert client.get(f"/media/{original}").status_code == 404


def test_photo_without_consent_is_for_those_who_look_after_the_site(client):
    hidden = PhotoFactory(consent=False).get_rendition("width-20")
    assert client.get(hidden.url).status_code == 404
    client.force_login(UserFactory())
    assert client.get(hidden.url).status_code == 404
    moderator = UserFactory()
    moderator.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(moderator)
    answer = client.get(hidden.url)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_file_that_is_no_rendition_is_not_served(client):
    default_storage.save("images/planted.jpg", ContentFile(b"<script>alert(1)</script>"))
    assert client.get("/media/images/planted.jpg").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "../secret_key",
        "images/../../secret_key",
        "images/%2e%2e/%2e%2e/secret_key",
        "images/..%2f..%2fdb.sqlite3",
        "images//etc/passwd.jpg",
        "images/.hidden.jpg",
        "images/a.svg",
        "images/a.html",
        "images/a.jpg%00.html",
        "images/",
        "",
    ],
)
def test_no_way_out_of_the_folder(client, rendition, media, name):
    (media.parent / "secret_key").write_text("the key itself")
    answer = client.get(f"/media/{name}")
    assert answer.status_code == 404
    assert b"the key itself" not in b"".join(answer)


def test_rendition_whose_file_is_gone_is_not_found(client, rendition):
    default_storage.delete(rendition.file.name)
    assert client.get(rendition.url).status_code == 404
