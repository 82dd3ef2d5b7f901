"""Does on this machine, step by step, what the image does, where no engine for containers runs.

    python3 docker/natively.py            (a few minutes; --keep leaves its folder)

Wheels, an environment made of them alone, the tree as `.dockerignore` leaves it, collected files, then the parts of
the entrypoint with the settings of production, as a user who may write nothing but the data folder: prepare, web and
worker. A page, a search and a file are asked for, through nginx too where there is one; a backup is made and tried;
then all is told to end. What it cannot show: that the base images have what they are said to have, and that the file
system of a container is read-only.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from fnmatch import translate
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
USER = 10001
SITE = "wiki.example.org"
WORDS = "lonely-words-of-a-visitor"
ROOMS = ("contributions", "feedback", "home", "people", "practices", "search", "site")


def say(text: str) -> None:
    print(f"- {text}", flush=True)


def left_by_dockerignore(root: Path) -> list[str]:
    """The files that are sent to whoever builds the image: for each, the last line that fits decides."""
    lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    known = [(rule.startswith("!"), _pattern(rule.removeprefix("!"))) for rule in rules]
    found = []
    for folder, folders, files in os.walk(root):
        here = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if name not in (".git", ".venv")]
        for name in files:
            path = (here / name).as_posix()
            kept = True
            for keeps, pattern in known:
                if pattern.match(path):
                    kept = keeps
            if kept:
                found.append(path)
    return sorted(found)


def _pattern(rule: str) -> re.Pattern[str]:
    """A rule fits a file and, of a folder, all below it; `**/` is any number of folders."""
    parts = [translate(part)[4:-3].replace(".*", "[^/]*") for part in rule.removeprefix("**/").split("/")]
    return re.compile(("(?:.*/)?" if rule.startswith("**/") else "") + "/".join(parts) + "(?:/.*)?$")


def base_python(place: Path) -> str:
    """The Python that we are, which stands for that of the base image; a copy of it where only its owner may run it."""
    path = Path(sys.executable).resolve()
    if all(folder.stat().st_mode & 0o001 for folder in path.parents):
        return sys.executable
    copy = place / "python"
    left_out = shutil.ignore_patterns("test", "__pycache__", "site-packages", "*.a", "share")
    shutil.copytree(sys.base_prefix, copy, symlinks=True, ignore=left_out)
    return str(copy / path.relative_to(Path(sys.base_prefix).resolve()))


def build(place: Path) -> Path:
    """The stages of the Dockerfile; returns the folder that stands for the root of the image."""
    wheels, image = place / "wheels", place / "image"
    say("wheels of everything that is pinned, none of them built here")
    base = base_python(place)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "--python"]
    requirements = str(ROOT / "requirements.txt")
    run([*pip, base, "wheel", "--only-binary", ":all:", "--no-deps", "--wheel-dir", str(wheels), "-r", requirements])
    say("an environment of them, without network")
    run([base, "-m", "venv", "--without-pip", str(image / "venv")])
    python = image / "venv" / "bin" / "python"
    run([*pip, str(python), "install", "--no-index", "--no-deps", "--find-links", str(wheels), "-r",
         requirements])  # fmt: skip
    run([*pip, str(python), "check"], env=environment(image, place / "thrown-away"))
    app = image / "app"
    sent = left_by_dockerignore(ROOT)
    for name in sent:
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, app / name)
    say(f"{len(sent)} files of the tree, {sum((app / name).stat().st_size for name in sent) / 1e6:.1f} MB")
    run([str(python), "manage.py", "collectstatic", "--no-input", "-v0"], cwd=app,
        env=environment(image, place / "thrown-away", DJANGO_SETTINGS_MODULE="config.settings.local"))  # fmt: skip
    run([str(python), "-m", "compileall", "-q", *(str(app / room) for room in ROOMS)])
    say(f"{sum(1 for _ in (app / 'static').rglob('*'))} files for browsers, inside")
    return image


def environment(image: Path, data: Path, **more: str) -> dict[str, str]:
    app = image / "app"
    kept = {name: os.environ[name] for name in ("LANG", "TZ") if name in os.environ}
    return kept | {
        "PATH": f"{image / 'venv' / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": f"{app}:{app / 'site'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATA_DIR": str(data),
        "STATIC_ROOT": str(app / "static"),
        # Where the copy of a Python has its own library; nothing where there is none.
        "LD_LIBRARY_PATH": str(image.parent / "python" / "lib"),
    } | more  # fmt: skip


def run(command: list[str], **how: object) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how)  # type: ignore[call-overload]
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:6])} ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return str(done.stdout)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Container:
    """What stands for a container: an environment, a user of few rights, and the entrypoint."""

    def __init__(self, image: Path, data: Path, port: int) -> None:
        self.app = image / "app"
        secret = "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz"
        self.env = environment(
            image, data, HOST="127.0.0.1", PORT=str(port), SECRET_KEY=secret, ALLOWED_HOSTS=SITE, WORKER="true",
            EMAIL_URL="smtp://127.0.0.1:9", BEHIND_PROXY="true", TRUSTED_PROXIES="1", ACCESS_LOG="-",
            TMPDIR=str(data.parent / "tmp"), SEARCH_BY_MEANING="false",
        )  # fmt: skip
        self.user: dict[str, object] = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}

    def run(self, *part: str) -> str:
        return run(["docker/entrypoint", *part], cwd=self.app, env=self.env, **self.user)

    def health(self) -> int:
        return subprocess.run(["python", "docker/healthcheck.py"], cwd=self.app, env=self.env, **self.user).returncode  # type: ignore[call-overload]

    @contextmanager
    def running(self, *part: str, output: Path):
        """A part until the block ends; then it is told to end, and has to within twenty seconds, with 0."""
        with output.open("wb") as said:
            process = subprocess.Popen(
                ["docker/entrypoint", *part], cwd=self.app, env=self.env, stdout=said, stderr=said, **self.user
            )  # type: ignore[call-overload]
            try:
                yield process
                begun = time.monotonic()
                process.terminate()
                code = process.wait(20)
                if code:
                    raise SystemExit(f"{part[0]} ended with {code}:\n{output.read_text()[-3000:]}")
                say(f"{part[0]}: told to end, and ended after {time.monotonic() - begun:.1f} s")
            finally:
                if process.poll() is None:
                    process.kill()


def wait_until_well(container: Container, process: subprocess.Popen, output: Path) -> None:
    for _ in range(1200):
        if container.health() == 0:
            return
        if process.poll() is not None:
            break
        time.sleep(0.5)
    raise SystemExit(f"It does not become well:\n{output.read_text()[-3000:]}")


def ask(port: int, path: str, *, through_nginx: bool = False) -> tuple[int, bytes, dict[str, str]]:
    if through_nginx:
        trusting = ssl._create_unverified_context()
        server: http.client.HTTPConnection = http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=60, context=trusting
        )
    else:
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Host": SITE, "X-Forwarded-For": "203.0.113.7"} | (
        {} if through_nginx else {"X-Forwarded-Proto": "https"}
    )
    server.request("GET", path, headers=headers)
    answer = server.getresponse()
    return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}


def look_around(port: int, *, through_nginx: bool = False) -> None:
    """A page, a search, a file that is named in the page, and how it says that it stands."""
    status, page, _headers = ask(port, "/", through_nginx=through_nginx)
    assert status == 200 and b"<html" in page, (status, page[:500])
    status, answers, headers = ask(port, f"/search/?q=lonely+older+people&{WORDS}", through_nginx=through_nginx)
    assert status == 200 and b"data-practice=" in answers, (status, answers[:500])
    sheet = re.search(rb'href="(/static/[^"]+\.css)"', page)
    assert sheet, page[:2000]
    status, _content, of_sheet = ask(port, sheet.group(1).decode(), through_nginx=through_nginx)
    assert status == 200 and "max-age" in of_sheet["cache-control"], (status, of_sheet)
    status, told, _headers = ask(port, "/readyz", through_nginx=through_nginx)
    assert status == 200 and json.loads(told)["search"] == "ok", told
    how, file = "through nginx" if through_nginx else "directly", sheet.group(1).decode()
    say(f"{how}: a page, a search, {file}, /readyz: all well (request {headers['x-request-id'][:8]}…)")


@contextmanager
def nginx(place: Path, port: int):
    """The nginx of this machine with our file, but for the ports and the two names; one of its two servers is away."""
    folder = place / "nginx"
    folder.mkdir()
    https = free_port()
    run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={SITE}",
         "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")])  # fmt: skip
    text = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("/tmp/", f"{folder}/"),
        ("web-a:8000", f"127.0.0.1:{free_port()}"), ("web-b:8000", f"127.0.0.1:{port}"), ("/tls/", f"{folder}/"),
        ("listen 8080", f"listen 127.0.0.1:{free_port()}"), ("listen 8443", f"listen 127.0.0.1:{https}"),
        ("/dev/stdout", f"{folder}/access.log"), ("/dev/stderr", f"{folder}/error.log"),
    ):  # fmt: skip
        assert old in text, old
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    say(run(["nginx", "-t", "-q", "-c", str(folder / "nginx.conf")]).strip() or "nginx -t: nothing to say")
    server = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", https)) == 0:
                    break
            time.sleep(0.1)
        yield https
        logs = "".join((folder / name).read_text() for name in ("access.log", "error.log"))
        assert logs.count('"status":200') >= 4, logs
        assert WORDS not in logs and "lonely" not in logs and "203.0.113.7" not in logs, logs
        say("nginx: answered although one of its two servers is away; no word and no visitor in its logs")
    finally:
        server.terminate()
        server.wait(10)


def main() -> None:
    parser = argparse.ArgumentParser(description="Do natively what the image does.")
    parser.add_argument("--keep", action="store_true", help="leave the folder")
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="social-wiki-image-"))
    place.chmod(0o755)
    try:
        image = build(place)
        data, tmp = place / "data", place / "tmp"
        for folder in (data, tmp):
            folder.mkdir()
            if os.geteuid() == 0:
                os.chown(folder, USER, USER)
        run(["chmod", "-R", "a-w,a+rX", str(image)])
        before = sorted((str(path), path.stat().st_mtime_ns) for path in image.rglob("*"))
        port = free_port()
        container = Container(image, data, port)
        say("prepare, as a user who may write nothing but the data folder")
        container.run("prepare")
        output = place / "web.log"
        with ExitStack() as parts:
            web = parts.enter_context(container.running("web", output=output))
            parts.enter_context(container.running("worker", output=place / "worker.log"))
            wait_until_well(container, web, output)
            say("healthcheck: well")
            look_around(port)
            if shutil.which("nginx") and shutil.which("openssl"):
                look_around(parts.enter_context(nginx(place, port)), through_nginx=True)
            else:
                say("no nginx here: left out")
            say(container.run("manage", "backup", str(data / "backups")).strip())
            (backup,) = (data / "backups").iterdir()
            say(container.run("manage", "restore", "--check", str(backup)).strip())
        assert container.health() == 1
        assert WORDS not in output.read_text() and "lonely" not in output.read_text(), output.read_text()[-3000:]
        with container.running("site", output=place / "site.log") as site:
            wait_until_well(container, site, place / "site.log")
            look_around(port)
        after = sorted((str(path), path.stat().st_mtime_ns) for path in image.rglob("*"))
        assert before == after, "something was written into the image"
        say("nothing was written into the image")
        print("All that the image does went well here.")
    finally:
        if options.keep:
            print(f"Left in {place}.")
        else:
            run(["chmod", "-R", "u+w", str(place)])
            shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
