"""Backups: made while people write, tried before they are used, and whole or not there at all."""

import gzip
import io
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from home.backups import archive, media, postgresql
from home.backups.archive import MANIFEST
from home.backups.making import forget_older, make_backup
from home.backups.restoring import check_backup
from home.backups.settings_list import setting_names, settings_that_are_set
from home.backups.sqlite import SqliteCandidate
from home.backups.workplace import PREFIX
from people.events import record_event
from people.models import User
from practices.models import Library, Photo, PracticePage
from tests.factories.people import UserFactory
from tests.factories.practices import PhotoFactory, PracticeFactory
from tests.servers import database_address

ROOT = Path(__file__).resolve().parents[2]
NO_FILES = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
ON_SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="is about the file of a database")


@pytest.fixture
def place(library, tmp_path, settings) -> Path:
    """The data folder of a site with two practices and a photo, over the database of this test."""
    settings.DATA_DIR = tmp_path / "here"
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"
    settings.SEARCH_INDEX_DIR = settings.DATA_DIR / "index"
    settings.DATA_DIR.mkdir()
    PracticeFactory(title="Round 0", slug="round")
    PracticeFactory(photo=PhotoFactory(consent=True))
    return settings.DATA_DIR


def environment(folder: Path, address: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "DJANGO_SETTINGS_MODULE")}
    paths = f"{ROOT}:{ROOT / 'site'}"
    return {**kept, "DATA_DIR": str(folder), "DATABASE_URL": address, "PYTHONPATH": paths,
            "DJANGO_SETTINGS_MODULE": "config.settings.local", "SEARCH_BY_MEANING": "false"}  # fmt: skip


def command(folder: Path, address: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """One command of the product, in a process that knows this place alone."""
    words = [sys.executable, "manage.py", *map(str, arguments)]
    return subprocess.run(words, cwd=ROOT, env=environment(folder, address), capture_output=True, text=True)


@contextmanager
def somebody_writing(page: PracticePage) -> Iterator[list[str]]:
    """Save one practice again and again, each time in its title and in a revision; yields the titles it has had."""
    titles, stop = [page.title], threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with transaction.atomic():
                mine = PracticePage.objects.get(pk=page.pk)
                mine.title = mine.summary = f"Round {number}"
                titles.append(mine.title)
                mine.save_revision().publish()
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield titles
    finally:
        stop.set()
        writer.join()


@contextmanager
def an_empty_database(folder: Path) -> Iterator[str]:
    """The address of another database of the kind of this test's."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield database_address().rpartition("/")[0] + f"/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def standing_in(address: str) -> Iterator[None]:
    """Let this process see another database as its own."""
    name = address.rpartition("/")[2] if connection.vendor == "postgresql" else address.removeprefix("sqlite:///")
    tests = connections["default"]
    connections["default"] = type(tests)({**tests.settings_dict, "NAME": name}, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = tests


def whole_archive(target: Path, files: dict[str, bytes], **told: object) -> Path:
    """An archive whose manifest says of its files what they are, whatever they are."""
    manifest = archive.Manifest("0", "2026-11-27T00:00:00+00:00", "sqlite", [], {})
    with archive.writing(target) as written:
        for name, content in files.items():
            written.add(name, io.BytesIO(content), len(content))
        manifest = archive.Manifest(**{**manifest.__dict__, **told})
        written.finish(manifest)
    return target


def names_in(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


def rewritten(source: Path, target: Path, change) -> Path:
    """The same archive with each member as `change` returns it: a name, a type, contents, or None to leave it out."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            changed = change(member, old.extractfile(member).read())
            if changed is not None:
                member, content = changed
                member.size = len(content) if member.isreg() else 0
                new.addfile(member, io.BytesIO(content))
    return target


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_backup_made_while_somebody_writes_comes_back_whole_and_as_it_was_at_one_moment(place, tmp_path, settings):
    page = PracticePage.objects.get(slug="round")
    UserFactory()
    library = Library.objects.current()
    with somebody_writing(page) as titles:
        made = command(place, database_address(), "backup", tmp_path / "kept", "--with-secret-key")
        written = len(titles)
    assert made.returncode == 0, made.stderr
    assert written > 2
    (file,) = (tmp_path / "kept").iterdir()
    assert file.stat().st_mode & 0o077 == 0

    there = tmp_path / "there"
    there.mkdir()
    with an_empty_database(there) as address:
        done = command(there, address, "restore", file)
        assert done.returncode == 0, done.stderr
        assert "The search index holds 2 practices" in done.stdout
        assert (there / "secret_key").read_text() == (place / "secret_key").read_text()
        with standing_in(address):
            restored = PracticePage.objects.get(pk=page.pk)
            revision = restored.latest_revision.content
            assert restored.title == restored.summary == revision["title"] == revision["summary"]
            assert restored.title in titles
            revisions = restored.revisions.count()
            assert revisions == titles.index(restored.title) + 1
            assert Library.objects.current().uuid != library.uuid
            assert User.objects.count() == 1
            photo = Photo.objects.get()
        assert (there / "media" / photo.file.name).read_bytes() == (place / "media" / photo.file.name).read_bytes()
        settings.DATA_DIR, settings.MEDIA_ROOT = there, there / "media"
        with standing_in(address):
            with pytest.raises(CommandError, match=r"not empty \(2 practices, 1 people, 1 photos"):
                call_command("restore", file)
            PracticePage.objects.update(summary="As it is")
            other = type(connections["default"])(dict(connection.settings_dict), "other")
            with closing(other), other.cursor() as cursor:
                cursor.execute("SELECT COUNT(*) FROM practices_library")
                with pytest.raises(CommandError, match="stop the web server"):
                    call_command("restore", file, "--replace", stdout=io.StringIO())
            assert PracticePage.objects.filter(summary="As it is").count() == 2


@ON_SQLITE
@pytest.mark.django_db(transaction=True)
class TestInThePlaceOfAnother:
    """Over the database of the test itself, which each test leaves as it likes."""

    @pytest.fixture
    def file(self, place, tmp_path) -> Path:
        return make_backup(where=tmp_path / "backup.tar.gz").file

    @pytest.fixture
    def there(self, place, file, tmp_path, settings) -> Iterator[Path]:
        """Another site, put there out of the backup; this process sees it as its own."""
        folder = tmp_path / "there"
        folder.mkdir()
        settings.DATA_DIR, settings.MEDIA_ROOT = folder, folder / "media"
        settings.SEARCH_INDEX_DIR = folder / "index"
        with standing_in(f"sqlite:///{folder / 'db.sqlite3'}"):
            call_command("restore", file, stdout=io.StringIO())
            yield folder

    def test_all_that_was_here_is_replaced_with_the_flag_alone(self, there, file):
        before = Library.objects.current().uuid
        PracticePage.objects.get(slug="round").delete()
        extra = PhotoFactory()
        (there / "prepared").touch()
        with pytest.raises(CommandError, match=r"not empty \(1 practices, 2 photos"):
            call_command("restore", file)
        assert default_storage.exists(extra.file.name)
        call_command("restore", file, "--replace", stdout=io.StringIO())
        assert PracticePage.objects.filter(slug="round").exists()
        assert not default_storage.exists(extra.file.name)
        assert default_storage.exists(Photo.objects.get().file.name)
        now = Library.objects.current().uuid
        assert now != before
        assert [index.name.rpartition("-v")[0] for index in (there / "index").iterdir()] == [str(now)]
        assert not (there / "prepared").exists()
        assert not list(there.glob(f"{PREFIX}*"))

    def test_nobody_is_signed_in_afterwards_and_what_was_erased_meanwhile_is_named(self, there, file, client):
        person = UserFactory()
        client.force_login(person)
        record_event("practice.erased", PracticePage.objects.get(slug="round"), by=person)
        newer = make_backup(where=there / "newer.tar.gz").file
        told = io.StringIO()
        call_command("restore", file, "--replace", stdout=told)
        assert "Was erased after this backup was made, and is back: practice" in told.getvalue()
        call_command("restore", newer, "--replace", stdout=told)
        assert User.objects.filter(pk=person.pk).exists()
        assert "_auth_user_id" not in client.session

    def test_a_database_that_is_damaged_is_put_aside(self, there, file):
        connection.close()
        (there / "db.sqlite3").write_bytes(b"not a database" * 1000)
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("restore", file)
        call_command("restore", file, "--replace", stdout=io.StringIO())
        assert PracticePage.objects.count() == 2
        (aside,) = there.glob("db.sqlite3.damaged-*")
        assert aside.read_bytes().startswith(b"not a database")

    def test_who_is_killed_on_the_way_has_the_old_site_whole(self, there, file):
        PracticePage.objects.update(summary="As it is")
        old = PhotoFactory()
        address = f"sqlite:///{there / 'db.sqlite3'}"
        connection.close()
        for step in ("home.backups.sqlite:SqliteCandidate.take_over", "home.backups.media:put_over"):
            killed = subprocess.run(
                [sys.executable, "-m", "tests.home.dying_commands", step, "1", "restore", str(file), "--replace"],
                cwd=ROOT, env=environment(there, address), capture_output=True,
            )  # fmt: skip
            assert killed.returncode == -signal.SIGKILL, killed.stderr
            is_swapped = step.endswith("put_over")
            assert PracticePage.objects.filter(summary="As it is").count() == (0 if is_swapped else 2)
            for photo in Photo.objects.all():
                assert default_storage.exists(photo.file.name)
            assert Photo.objects.filter(pk=old.pk).exists() is not is_swapped
            connection.close()
        call_command("restore", file, "--replace", stdout=io.StringIO())
        assert not list(there.glob(f"{PREFIX}*"))

    def test_a_full_disk_leaves_everything_as_it_was(self, there, file, monkeypatch):
        PracticePage.objects.update(summary="As it is")

        def full(*args):
            raise OSError(28, "No space left on device")

        files = set(default_storage.listdir("original_images")[1])
        for step in ((archive, "_copy"), (media, "_is_same")):
            with monkeypatch.context() as patch:
                patch.setattr(*step, full)
                with pytest.raises(CommandError, match="no room left"):
                    call_command("restore", file, "--replace", stdout=io.StringIO())
        # What had been added until then is gone as well.
        photo = Photo.objects.get()
        with monkeypatch.context() as patch:
            photo.delete()
            patch.setattr(SqliteCandidate, "take_over", full)
            with pytest.raises(CommandError, match="all is as it was: there is no room left"):
                call_command("restore", file, "--replace", stdout=io.StringIO())
        assert files > set(default_storage.listdir("original_images")[1])
        assert PracticePage.objects.filter(summary="As it is").count() == 2
        assert not list(there.glob(f"{PREFIX}*"))

    def test_an_older_one_is_brought_up_to_date_and_one_from_the_future_refused(self, there, file, tmp_path):
        folder = tmp_path / "unpacked"
        folder.mkdir()
        manifest = archive.unpack(file, folder)
        with closing(sqlite3.connect(folder / "database.sqlite3", isolation_level=None)) as database:
            database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('home', '0999_later', '')")
            later = whole_archive(
                tmp_path / "later.tar.gz", {"database.sqlite3": (folder / "database.sqlite3").read_bytes()},
                migrations=sorted([*manifest.migrations, "home.0999_later"]), counts=manifest.counts,
            )  # fmt: skip
            with pytest.raises(CommandError, match=r"newer version.*home\.0999_later"):
                call_command("restore", later, "--replace")
            database.execute("DELETE FROM django_migrations WHERE name = '0999_later'")
            newest = "0003_erasure"
            database.execute("DELETE FROM django_migrations WHERE app = 'home' AND name = ?", [newest])
            database.execute("DROP TABLE home_erasure")
        counts = {table: count for table, count in manifest.counts.items() if table != "home_erasure"}
        counts["django_migrations"] -= 1
        older = whole_archive(
            tmp_path / "older.tar.gz", {"database.sqlite3": (folder / "database.sqlite3").read_bytes()},
            migrations=[each for each in manifest.migrations if each != f"home.{newest}"], counts=counts,
        )  # fmt: skip
        call_command("restore", older, "--replace", stdout=io.StringIO())
        assert "home_erasure" in connection.introspection.table_names()
        assert PracticePage.objects.count() == 2


class TestDamagedArchives:
    @pytest.fixture
    def file(self, tmp_path) -> Path:
        content = b"a picture"
        return whole_archive(tmp_path / "whole.tar.gz", {"database.sqlite3": b"x", "media/images/a.jpg": content})

    def unpacked(self, file: Path, tmp_path: Path) -> Path:
        folder = tmp_path / "unpacked"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        archive.unpack(file, folder)
        return folder

    def test_one_that_is_whole_is_unpacked(self, file, tmp_path):
        assert (self.unpacked(file, tmp_path) / "media/images/a.jpg").read_bytes() == b"a picture"

    def test_every_way_of_being_cut_short_is_refused(self, file, tmp_path):
        whole, half = file.read_bytes(), tmp_path / "half.tar.gz"
        for length in (0, 5, len(whole) // 3, len(whole) // 2, len(whole) - 9, len(whole) - 1):
            half.write_bytes(whole[:length])
            with pytest.raises(archive.BackupError, match=r"damaged|no whole backup"):
                self.unpacked(half, tmp_path)

    def test_a_flipped_bit_is_refused_wherever_it_is(self, file, tmp_path):
        plain, damaged = gzip.decompress(file.read_bytes()), tmp_path / "damaged.tar.gz"
        for place in range(0, len(plain), 199):
            if plain[place] or place < 2048:
                flipped = bytearray(plain)
                flipped[place] ^= 1
                damaged.write_bytes(gzip.compress(bytes(flipped), compresslevel=1))
                try:
                    folder = self.unpacked(damaged, tmp_path)
                except archive.BackupError:
                    continue
                assert (folder / "media/images/a.jpg").read_bytes() == b"a picture"
        packed = bytearray(file.read_bytes())
        packed[len(packed) // 2] ^= 1
        damaged.write_bytes(packed)
        with pytest.raises(archive.BackupError):
            self.unpacked(damaged, tmp_path)

    @pytest.mark.parametrize(
        "name", ["../out", "media/../../out", "/etc/out", "media//out", "media/./out", "media", "other", "media/a/"]
    )
    def test_a_name_that_leads_elsewhere_is_refused(self, file, tmp_path, name):
        def renamed(member, content):
            if member.name.startswith("media/"):
                member.name = name
            return member, content

        with pytest.raises(archive.BackupError):
            self.unpacked(rewritten(file, tmp_path / "hostile.tar.gz", renamed), tmp_path)
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("kind", NO_FILES)
    def test_what_is_no_plain_file_is_refused(self, file, tmp_path, kind):
        def changed(member, content):
            if member.name.startswith("media/"):
                member.type, member.linkname = kind, "/etc/passwd"
            return member, content

        with pytest.raises(archive.BackupError, match="no backup holds this"):
            self.unpacked(rewritten(file, tmp_path / "hostile.tar.gz", changed), tmp_path)

    def test_a_file_that_is_missing_more_or_there_twice_is_refused(self, file, tmp_path):
        def without(member, content):
            return None if member.name.startswith("media/") else (member, content)

        with pytest.raises(archive.BackupError, match="are not what its manifest says"):
            self.unpacked(rewritten(file, tmp_path / "less.tar.gz", without), tmp_path)

        def twice(member, content):
            member.name = member.name.replace("media/images/a.jpg", "database.sqlite3")
            return member, content

        with pytest.raises(archive.BackupError, match="no backup holds this"):
            self.unpacked(rewritten(file, tmp_path / "twice.tar.gz", twice), tmp_path)

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "files": []}', "\x00"])
    def test_a_manifest_of_another_form_is_refused(self, file, tmp_path, text):
        def changed(member, content):
            return member, text.encode() if member.name == MANIFEST else content

        with pytest.raises(archive.BackupError):
            self.unpacked(rewritten(file, tmp_path / "other.tar.gz", changed), tmp_path)

    @ON_SQLITE
    @pytest.mark.django_db
    def test_a_database_that_is_none_or_of_another_kind_is_refused(self, tmp_path, settings):
        settings.DATA_DIR = tmp_path
        none = whole_archive(tmp_path / "none.tar.gz", {"database.sqlite3": b"no database" * 1000})
        with pytest.raises(archive.BackupError, match="database in this backup"):
            check_backup(none)
        other = whole_archive(tmp_path / "other.tar.gz", {"database.dump": b"x"}, database="postgresql")
        with pytest.raises(archive.BackupError, match="of postgresql and the site has sqlite"):
            check_backup(other)


@ON_SQLITE
@pytest.mark.django_db(transaction=True)
class TestMaking:
    def test_a_photo_deleted_while_the_archive_is_written_is_in_it(self, place, tmp_path, monkeypatch):
        photo = Photo.objects.get()
        adding = archive.ArchiveWriter.add_file

        def delete_and_add(self, name, path):
            default_storage.delete(photo.file.name)
            adding(self, name, path)

        monkeypatch.setattr(archive.ArchiveWriter, "add_file", delete_and_add)
        made = make_backup(where=tmp_path / "backup.tar.gz")
        assert made.manifest.missing == []
        assert f"media/{photo.file.name}" in names_in(made.file)

    def test_a_photo_that_was_not_there_before_is_named_and_no_reason_to_fail(self, place, tmp_path):
        photo = Photo.objects.get()
        default_storage.delete(photo.file.name)
        said = io.StringIO()
        call_command("backup", tmp_path / "backup.tar.gz", stdout=io.StringIO(), stderr=said)
        assert photo.file.name in said.getvalue()
        assert check_backup(tmp_path / "backup.tar.gz").missing == [photo.file.name]

    def test_who_is_killed_leaves_no_archive_and_the_next_one_clears_up(self, place, tmp_path):
        folder = tmp_path / "kept"
        killed = subprocess.run(
            [sys.executable, "-m", "tests.home.dying_commands", "home.backups.archive:ArchiveWriter.add", "2",
             "backup", str(folder)],
            cwd=ROOT, env=environment(place, database_address()), capture_output=True,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert [path.name[: len(PREFIX)] for path in folder.iterdir()] == [PREFIX]
        assert list(place.glob(f"{PREFIX}*"))
        make_backup(where=folder)
        assert [path.suffix for path in folder.iterdir()] == [".gz"]
        assert not list(place.glob(f"{PREFIX}*"))

    def test_no_secret_is_in_it_and_what_was_set_is_named(self, place, tmp_path, monkeypatch):
        monkeypatch.setenv("SECRET_KEY", "never-in-a-backup" * 4)
        monkeypatch.setenv("EMAIL_URL", "smtp+tls://post:hidden-word@mail.example.org:587")
        monkeypatch.setenv("ELASTICSEARCH_API_KEY", "hidden-word")
        monkeypatch.setenv("CONTACT_EMAIL", "hello@example.org")
        made = make_backup(where=tmp_path / "backup.tar.gz")
        told = made.manifest.settings
        assert told["SECRET_KEY"] == told["ELASTICSEARCH_API_KEY"] == "(set)"
        assert told["EMAIL_URL"] == "smtp+tls://mail.example.org:587"
        assert told["CONTACT_EMAIL"] == "hello@example.org"
        with tarfile.open(made.file) as tar:
            text = tar.extractfile(MANIFEST).read().decode()
        assert "hidden-word" not in text and "never-in-a-backup" not in text
        assert "secret_key" not in names_in(made.file)
        with pytest.raises(archive.BackupError, match="keep SECRET_KEY"):
            make_backup(where=tmp_path / "other.tar.gz", with_secret_key=True)

    def test_nothing_is_written_over_and_the_oldest_go_when_told(self, place, tmp_path):
        made = make_backup(where=tmp_path / "backup.tar.gz")
        before = made.file.read_bytes()
        with pytest.raises(archive.BackupError, match="is there already"):
            make_backup(where=made.file)
        assert made.file.read_bytes() == before
        for day in range(10, 14):
            (tmp_path / f"social-wiki-202611{day}-030000.tar.gz").touch()
        (tmp_path / "social-wiki-of-mine.tar.gz").touch()
        assert [file.name[12:20] for file in forget_older(tmp_path, 2)] == ["20261111", "20261110"]
        assert (tmp_path / "social-wiki-of-mine.tar.gz").exists()

    def test_where_it_cannot_be_written_it_says_so(self, place, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("backup", tmp_path / "file" / "backup.tar.gz")


def test_a_list_of_settings_knows_those_that_the_product_reads(monkeypatch):
    assert {"SECRET_KEY", "DATABASE_URL", "WEB_WORKERS", "TRUSTED_PROXIES", "DATA_DIR", "EMAIL_URL"} <= setting_names()
    monkeypatch.setenv("CACHE_URL", "redis://:word@cache.example:6379/1?password=word")
    monkeypatch.setenv("UNHEARD_OF", "word")
    told = settings_that_are_set()
    assert told["CACHE_URL"] == "redis://cache.example:6379/1" and "UNHEARD_OF" not in told


def test_without_its_own_programs_or_with_older_ones_postgresql_is_not_copied(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(archive.BackupError, match=r"needs pg_dump, and there is none.*postgresql-client-99"):
        postgresql.program("pg_dump", at_least=99)
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 98.3'\n")
    (tmp_path / "pg_dump").chmod(0o700)
    with pytest.raises(archive.BackupError, match=r"of version 98, and the server of 99.*postgresql-client-99"):
        postgresql.program("pg_dump", at_least=99)
    assert postgresql.program("pg_dump", at_least=98) == str(tmp_path / "pg_dump")
