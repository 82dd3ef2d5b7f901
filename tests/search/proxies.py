"""What stands between the site and a server, and lets it be slow or silent."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Passes bytes on, both ways; what comes back may be late. With a context it is called by TLS alone.

    `heard` is all that callers said.
    """

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        self.target = port
        self.context = context
        self.heard = b""
        self.delay = 0.0
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        try:
            if self.context:
                caller = self.context.wrap_socket(caller, server_side=True)
            server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            caller.close()
            return
        server.settimeout(None)
        threading.Thread(target=self._pass_on, args=(caller, server, False), daemon=True).start()
        self._pass_on(server, caller, True)

    def _pass_on(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if not is_answer:
                    self.heard += data
                elif self.delay:
                    time.sleep(self.delay)
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        self._listening.close()


@contextmanager
def proxy_before(port: int, context: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """A proxy before a server of this machine."""
    proxy = Proxy(port, context)
    try:
        yield proxy
    finally:
        proxy.close()
