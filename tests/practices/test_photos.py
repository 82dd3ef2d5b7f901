import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from willow.image import UnrecognisedImageFormatError

from practices.models import Photo
from practices.photos import UnreadablePhotoError, reencode
from tests.factories.practices import PhotoFactory, image_file


def with_exif() -> ContentFile:
    """A photo as a phone makes it: with its maker, a place, and a note that it lies on its side."""
    exif = Image.Exif()
    exif[0x010F] = "Maker of phones"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    return image_file("anna-at-home.jpg", size=(60, 40), exif=exif)


def test_a_photo_is_made_anew_upright_and_without_metadata_or_name():
    clean = reencode(with_exif())
    picture = Image.open(clean)
    assert picture.size == (40, 60)
    assert not picture.getexif()
    assert b"Maker of phones" not in clean.read()
    assert "anna" not in clean.name


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_other_formats_stay_what_they_are_and_lose_their_notes(file_format):
    clean = reencode(image_file("a.bin", file_format))
    assert Image.open(clean).format == file_format


def test_a_large_photo_is_made_smaller():
    assert max(Image.open(reencode(image_file(size=(5000, 100)))).size) == 2400


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\x00" * 20,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xff\xd8\xff\xe0 cut short",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
    ],
)
def test_what_is_no_photo_is_refused_with_a_sentence(content):
    with pytest.raises(UnreadablePhotoError, match="cannot read"):
        reencode(ContentFile(content, name="x.jpg"))


def test_a_picture_that_unpacks_to_too_many_pixels_is_refused(monkeypatch):
    monkeypatch.setattr("practices.photos.MAX_PIXELS", 100)
    with pytest.raises(UnreadablePhotoError, match="too many pixels"):
        reencode(image_file())


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr("practices.photos.MAX_BYTES", 10)
    with pytest.raises(UnreadablePhotoError, match="15 MB"):
        reencode(image_file())


@pytest.mark.django_db
def test_whatever_way_a_photo_comes_in_the_stored_file_is_a_new_one(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photo = PhotoFactory(file=with_exif())
    stored = Photo.objects.get(pk=photo.pk)
    with stored.file.open() as file:
        content = file.read()
    assert b"Maker of phones" not in content
    assert (stored.width, stored.height) == (40, 60)
    assert stored.file_size == len(content)
    assert "anna" not in stored.file.name
    rendition = stored.get_rendition("width-20")
    assert not Image.open(io.BytesIO(rendition.file.read())).getexif()


@pytest.mark.django_db
def test_a_broken_photo_is_never_stored(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises((UnreadablePhotoError, UnrecognisedImageFormatError)):
        PhotoFactory(file=ContentFile(b"nothing", name="x.jpg"))
    assert not Photo.objects.exists()
    assert not list(tmp_path.rglob("*.*"))
