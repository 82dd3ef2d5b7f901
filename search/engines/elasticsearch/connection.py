"""The way to the servers: who they are, how long they may take, and what it means when they do not answer."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import urlsplit

import elastic_transport
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from elasticsearch import ApiError, Elasticsearch

from search.engines.base import EngineUnavailableError

from .circuit import Circuit

# A reader is answered within a second, be it from the database: all requests of one answer take less than that.
SECONDS_FOR_AN_ANSWER = 0.7
# Somebody waits for their page to be saved.
SECONDS_WHILE_SOMEBODY_WAITS = 1.0
SECONDS_FOR_WORK = 30.0
# One that has less time left would fail for that alone.
SHORTEST = 0.02


def check_addresses(addresses: str, *, allows_http: bool) -> list[str]:
    """The addresses of a setting, each one sound.

    Args:
        addresses: URLs with commas between; a user and password may stand in them.
        allows_http: whether plain http may leave this machine, as it may within a network that nobody else reaches.

    Raises:
        ImproperlyConfigured: there is none, or one that would send what people look for in the clear.
    """
    found = [address.strip().rstrip("/") for address in addresses.split(",") if address.strip()]
    if not found:
        raise ImproperlyConfigured("Set ELASTICSEARCH_URL, such as https://user:password@search.example.org:9200.")
    for address in found:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ImproperlyConfigured("Each address in ELASTICSEARCH_URL begins with https:// or http://.")
        if parts.scheme == "http" and not allows_http and not _is_here(parts.hostname):
            raise ImproperlyConfigured(
                f"ELASTICSEARCH_URL names {parts.hostname} by http://, which anybody on the way can read. "
                "Use https://, or set ELASTICSEARCH_ALLOW_HTTP=true where nobody else is on the way."
            )
    return found


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Connection:
    """A client, its circuits, and how long what is asked in this thread may still take.

    Writing has a circuit of its own: what is slow to take in may still answer.
    """

    def __init__(self) -> None:
        self.reading = Circuit(
            "Elasticsearch does not answer: readers are answered from the database.", "Elasticsearch answers again."
        )
        self.writing = Circuit(
            "Elasticsearch takes nothing in: what changes waits in the queue.", "Elasticsearch takes in what waits."
        )
        self._mine = threading.local()

    @property
    def client(self) -> Elasticsearch:
        """A client whose next request ends in time.

        Raises:
            EngineUnavailableError: there is no time left.
        """
        until = getattr(self._mine, "until", None)
        left = SECONDS_FOR_WORK if until is None else until - time.monotonic()
        if left < SHORTEST:
            raise SilenceError("Elasticsearch took too long")
        client, hosts = client_for(
            settings.ELASTICSEARCH_URL,
            settings.ELASTICSEARCH_API_KEY,
            settings.ELASTICSEARCH_CA_CERTS,
            settings.ELASTICSEARCH_ALLOW_HTTP,
        )
        # Where another server can be asked, the first may not use up all the time.
        return client.options(request_timeout=min(left / min(hosts, 2), SECONDS_FOR_WORK))

    @contextmanager
    def asking(self, seconds: float, circuit: Circuit | None = None) -> Iterator[None]:
        """Around requests that belong together: they end within so many seconds, and the circuit hears how it went.

        Within another such block it only tells errors: the time of the outer one holds.

        Raises:
            EngineUnavailableError: the servers do not answer, or cannot.
        """
        if getattr(self._mine, "until", None) is not None:
            with at_the_edge():
                yield
            return
        circuit = circuit or self.reading
        if not circuit.lets_through():
            raise EngineUnavailableError("Elasticsearch did not answer a moment ago")
        self._mine.until = time.monotonic() + seconds
        try:
            with at_the_edge():
                yield
        except EngineUnavailableError as error:
            if isinstance(error, SilenceError):
                circuit.failed(str(error))
            else:
                circuit.succeeded()
            raise
        else:
            circuit.succeeded()
        finally:
            self._mine.until = None


@lru_cache(maxsize=4)
def client_for(addresses: str, api_key: str, ca_certs: str, allows_http: bool) -> tuple[Elasticsearch, int]:
    """The client of this process, and how many servers it may ask."""
    hosts = check_addresses(addresses, allows_http=allows_http)
    over_tls = {"verify_certs": True, "ca_certs": ca_certs or None} if hosts[0].startswith("https") else {}
    client = Elasticsearch(
        hosts,
        api_key=api_key or None,
        # One that does not answer is left alone for a while, and another is asked.
        max_retries=min(2, len(hosts) - 1),
        retry_on_timeout=len(hosts) > 1,
        dead_node_backoff_factor=0.5,
        max_dead_node_backoff=5,
        **over_tls,  # type: ignore[arg-type]
    )
    return client, len(hosts)


class SilenceError(EngineUnavailableError):
    """Nobody answered, or not in time: the next request would fare no better."""


@contextmanager
def at_the_edge() -> Iterator[None]:
    """Turn what the client raises into one error of ours. Never with its text, which may hold what was typed."""
    try:
        yield
    except elastic_transport.TransportError as error:
        raise SilenceError(type(error).__name__) from error
    except ApiError as error:
        status = error.meta.status
        if status == 404:
            raise EngineUnavailableError("no index yet", heals=True) from error
        if status in (401, 403) and "block" not in str(error.error):
            raise EngineUnavailableError("Elasticsearch refuses who we are: look at its key or password") from error
        if status >= 500:
            raise SilenceError(f"Elasticsearch answered {status}") from error
        raise EngineUnavailableError(f"Elasticsearch answered {status} {error.error}") from error
