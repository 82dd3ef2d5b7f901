"""What the engine for many servers does beside the contract: swaps, drift, who may write, and whom it talks to."""

import os
import ssl
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from elasticsearch import Elasticsearch

from bench.judging import figures_of, judge, load_steps, read_judged
from practices.models import Library, PracticePage
from search.checking import compare
from search.checks import check_mapping, check_settings
from search.engines import engine_named
from search.engines.base import EngineUnavailableError
from search.engines.elasticsearch import REBUILD, WRITE, action, send
from search.engines.elasticsearch.connection import check_addresses
from search.engines.elasticsearch.indexes import Indexes
from search.engines.elasticsearch.mapping import mapping
from search.engines.locks import DatabaseLocks, locks_of
from search.models import IndexQueue
from search.query import SearchQuery
from search.services import check_index, drain_queue, search_library
from tests.factories.practices import PracticeFactory
from tests.search.proxies import proxy_before

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db


@pytest.fixture
def engine(library, settings, elasticsearch):
    settings.SEARCH_ENGINE = "elasticsearch"
    return engine_named("elasticsearch")


@pytest.fixture
def client(elasticsearch):
    with Elasticsearch(elasticsearch) as client:
        yield client


@pytest.fixture
def indexes(library, engine):
    return Indexes(Library.objects.current())


def find(words: str) -> tuple[set[int], bool]:
    results = search_library(SearchQuery(words=words))
    return {hit.id for hit in results.hits}, results.degraded


class TestRebuild:
    def test_readers_have_the_old_index_until_the_new_one_is_whole_and_then_that_alone(
        self, engine, indexes, client, monkeypatch
    ):
        old = PracticeFactory(title="Round the table")
        engine.rebuild()
        before = indexes.live(client)
        PracticeFactory(title="Round the corner")
        seen = []
        going_live = engine._go_live

        def look_and_go_live(*args):
            seen.append(find("round"))
            return going_live(*args)

        monkeypatch.setattr(engine, "_go_live", look_and_go_live)
        assert engine.rebuild() == 2
        assert seen == [({old.pk}, False)]
        assert len(find("round")[0]) == 2
        assert indexes.generations(client) == [indexes.live(client)] != [before]

    def test_it_takes_in_what_changes_while_it_is_built(self, engine, monkeypatch):
        page = PracticeFactory(title="Before")
        filling = engine._fill

        def fill_and_be_overtaken(*args):
            filling(*args)
            PracticePage.objects.filter(pk=page.pk).update(title="After")
            IndexQueue.objects.put([page.pk])

        monkeypatch.setattr(engine, "_fill", fill_and_be_overtaken)
        engine.rebuild()
        assert find("after") == ({page.pk}, False)
        assert not IndexQueue.objects.exists()

    def test_one_that_fails_leaves_the_live_index_alone_and_nothing_behind(self, engine, indexes, client, monkeypatch):
        page = PracticeFactory(title="Round")
        engine.rebuild()
        live = indexes.live(client)
        monkeypatch.setattr(engine, "_go_live", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            engine.rebuild()
        assert indexes.generations(client) == [live]
        assert find("round") == ({page.pk}, False)

    def test_what_a_killed_one_left_behind_goes_after_a_day(self, engine, indexes, client, monkeypatch):
        engine.rebuild()
        leftover = indexes.make_generation(client)
        engine.note_check("true")
        assert leftover in indexes.generations(client)
        monkeypatch.setattr("search.engines.elasticsearch.indexes.A_DAY", -60)
        engine.note_check("true")
        assert indexes.generations(client) == [indexes.live(client)]
        assert engine.last_check().result == "true"

    def test_it_is_written_in_portions_and_says_how_far_it_is(self, engine, monkeypatch):
        monkeypatch.setattr("search.engines.elasticsearch.PORTION", 2)
        for _ in range(3):
            PracticeFactory()
        said = []
        assert engine.rebuild(lambda done, number: said.append((done, number))) == 3
        assert said == [(2, 3), (3, 3)]

    def test_what_is_refused_for_the_moment_is_sent_again(self, engine, indexes, client, monkeypatch):
        page = PracticeFactory(title="Round")
        engine.rebuild()
        monkeypatch.setattr("search.engines.elasticsearch.TRY_AGAIN_AFTER", (0.3, 0.3, 0.3, 0.3))
        block = "index.blocks.read_only_allow_delete"
        client.indices.put_settings(index=indexes.live(client), settings={block: True})

        def let_go():
            with Elasticsearch(client.transport.node_pool.get().base_url) as other:
                other.indices.put_settings(index="*-v1-g*", settings={block: None})

        later = threading.Timer(0.4, let_go)
        later.start()
        PracticePage.objects.filter(pk=page.pk).update(title="Square")
        engine.index([page.pk])
        later.join()
        assert find("square") == ({page.pk}, False)


class TestTruth:
    def test_a_late_writer_never_puts_an_older_state_over_a_newer_one(self, engine, indexes, client):
        page = PracticeFactory(title="Newer")
        engine.rebuild()
        old = {"about": {}, "parts": {}, "id": page.pk, "title": "older"}
        failed, _statuses = send(client, indexes.write, [action(page.pk, 0, old)], is_alias=True)
        assert failed == []
        client.indices.refresh(index=indexes.write)
        assert find("newer") == ({page.pk}, False)

    def test_nothing_is_written_where_there_is_no_index(self, engine, indexes, client):
        page = PracticeFactory()
        with pytest.raises(EngineUnavailableError) as refused:
            engine.index([page.pk])
        assert refused.value.heals
        assert not client.indices.exists(index=indexes.write)

    def test_an_index_that_lacks_practices_is_healed(self, engine, indexes, client, monkeypatch):
        monkeypatch.setattr("search.engines.elasticsearch.ENTRIES_AT_ONCE", 2)
        pages = [PracticeFactory(title=f"Round {number}") for number in range(5)]
        engine.rebuild()
        assert not compare(engine)
        client.delete(index=indexes.live(client), id=pages[3].pk)
        assert compare(engine).missing == (pages[3].pk,)
        check_index()
        assert len(find("round")[0]) == 5

    def test_an_index_ahead_of_the_database_is_not_used(self, engine, indexes, client):
        PracticeFactory(title="Round")
        engine.rebuild()
        indexes.note_drained(client, Library.objects.current().version + 5)
        with pytest.raises(EngineUnavailableError, match="ahead") as refused:
            engine.search(SearchQuery(words="round"))
        assert refused.value.heals

    def test_a_mapping_that_drifted_is_told_at_the_start_and_built_anew(self, engine, indexes, client, monkeypatch):
        page = PracticeFactory(title="Round")
        engine.rebuild()
        assert check_mapping(None, databases=["default"]) == []
        changed = {**mapping(), "_meta": {"digest": "another"}}
        monkeypatch.setattr("search.engines.elasticsearch.indexes.mapping", lambda: changed)
        assert [each.id for each in check_mapping(None, databases=["default"])] == ["search.W001"]
        assert check_mapping(None) == []
        check_index()
        assert check_mapping(None, databases=["default"]) == []
        assert find("round") == ({page.pk}, False)

    def test_a_missing_index_is_built_behind_the_reader(self, engine, indexes, client):
        page = PracticeFactory(title="Round")
        assert engine.builds_while_somebody_waits is False
        with pytest.raises(EngineUnavailableError, match="no index yet"):
            engine.search(SearchQuery(words="round"))
        engine.rebuild(unless_usable=True)
        assert find("round") == ({page.pk}, False)
        live = indexes.live(client)
        engine.rebuild(unless_usable=True)
        assert indexes.live(client) == live
        engine.distrust()
        engine.rebuild(unless_usable=True)
        assert indexes.live(client) != live

    def test_typed_words_reach_no_log(self, engine, client, caplog, monkeypatch):
        PracticeFactory(title="Round")
        engine.rebuild()
        monkeypatch.setattr("search.engines.elasticsearch.queries.FACTOR", "not a number")
        assert search_library(SearchQuery(words="round xylophone")).degraded
        assert "xylophone" not in caplog.text


class TestJudged:
    def test_it_orders_what_it_finds_as_well_as_the_local_engine(self, engine, settings, monkeypatch):
        for step in load_steps():
            with transaction.atomic():
                step()
        queries = read_judged()[::3]
        found = {}
        for name in ("elasticsearch", "local"):
            settings.SEARCH_ENGINE = name
            if name == "local":
                engine_named(name).rebuild()
            drain_queue(wait=True)
            found[name] = judge(queries)
        here, there = (figures_of(found[name]) for name in ("local", "elasticsearch"))
        print(here, there)
        assert there["nDCG@10"] == pytest.approx(here["nDCG@10"], abs=0.02)
        assert [each.answer for each in found["local"]] == [each.answer for each in found["elasticsearch"]]


class TestLocks:
    def test_one_writes_at_a_time(self, library):
        locks = locks_of("a library")
        with locks.locked(WRITE, wait=False) as handle:
            assert handle is not None
            assert locks.is_held(WRITE)
            assert not locks.is_held(REBUILD)
            with locks.locked(WRITE, wait=False) as other:
                assert other is None
            with locks_of("another library").locked(WRITE, wait=False) as other:
                assert other is not None
        assert not locks.is_held(WRITE)

    def test_they_are_kept_where_all_processes_look(self, library):
        from django.db import connection

        assert isinstance(locks_of("a library"), DatabaseLocks) == (connection.vendor == "postgresql")


class TestAddresses:
    @pytest.mark.parametrize("addresses", ["", " , ", "search.example.org:9200", "ftp://127.0.0.1", "https://"])
    def test_what_is_no_address_is_refused(self, addresses):
        with pytest.raises(ImproperlyConfigured, match="ELASTICSEARCH_URL"):
            check_addresses(addresses, allows_http=True)

    @pytest.mark.parametrize("host", ["search.example.org", "192.0.2.7", "127.0.0.1.example.org", "[2001:db8::1]"])
    def test_plain_http_to_another_machine_is_refused_unless_it_is_told(self, host):
        with pytest.raises(ImproperlyConfigured, match="ELASTICSEARCH_ALLOW_HTTP"):
            check_addresses(f"https://a.example,http://{host}:9200", allows_http=False)
        assert check_addresses(f"http://{host}:9200/", allows_http=True) == [f"http://{host}:9200"]

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
    def test_plain_http_to_this_machine_is_fine(self, host):
        assert check_addresses(f"http://{host}:9200", allows_http=False)

    def test_the_site_does_not_start_with_servers_that_it_would_ask_in_the_clear(self, settings, tmp_path):
        settings.SEARCH_ENGINE = "elasticsearch"
        settings.ELASTICSEARCH_URL = "http://user:secret@search.example.org:9200"
        with pytest.raises(ImproperlyConfigured) as refused:
            check_settings()
        assert "secret" not in str(refused.value)
        env = {**os.environ, "SEARCH_ENGINE": "elastic", "DJANGO_SETTINGS_MODULE": "config.settings.local"}
        env |= {"DATA_DIR": str(tmp_path), "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}"}
        done = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True)
        assert done.returncode == 1
        assert "SEARCH_ENGINE is one of local, elasticsearch, plain." in done.stdout + done.stderr


class TestSecurity:
    @pytest.fixture
    def certificate(self, tmp_path):
        """A certificate for this machine that nobody but its file vouches for."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        trusted, whole = tmp_path / "ca.pem", tmp_path / "server.pem"
        trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        whole.write_bytes(private + trusted.read_bytes())
        return trusted, whole

    def test_who_answers_is_proven_and_who_asks_is_told(self, engine, elasticsearch, settings, certificate):
        trusted, whole = certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(whole)
        with proxy_before(int(elasticsearch.rsplit(":", 1)[1]), context) as proxy:
            settings.ELASTICSEARCH_URL = f"https://localhost:{proxy.port}"
            settings.ELASTICSEARCH_API_KEY = "a-key"
            assert "TlsError" in engine.health().reason
            settings.ELASTICSEARCH_CA_CERTS = str(trusted)
            engine.connection.reading.succeeded()
            assert engine.rebuild() == 0
            assert b"ApiKey a-key" in proxy.heard
            settings.ELASTICSEARCH_API_KEY = ""
            settings.ELASTICSEARCH_URL = f"https://reader:secret@localhost:{proxy.port}"
            assert engine.health().usable
            assert b"Basic cmVhZGVyOnNlY3JldA==" in proxy.heard
