"""What the image and the compose files say, as far as it can be told without an engine that runs containers."""

import importlib.util
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from home.backups.settings_list import setting_names

ROOT = Path(__file__).resolve().parents[1]
DOCKER = ROOT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
# What compose itself asks for, or hands to servers that are not ours.
FOR_COMPOSE = {"COMPOSE_PROFILES", "COMPOSE_PROJECT_NAME", "IMAGE", "PUBLISH", "PUBLISH_HTTP", "PUBLISH_HTTPS",
               "TLS_FOLDER", "POSTGRES_PASSWORD",
    "REDIS_PASSWORD", "ELASTIC_PASSWORD"}  # fmt: skip


def natively():
    spec = importlib.util.spec_from_file_location("natively", DOCKER / "natively.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SENT = natively().left_by_dockerignore(ROOT)


def ours() -> dict[str, dict]:
    """The services that run our image."""
    return {name: told for name, told in COMPOSE["services"].items() if "build" in told}


def example() -> dict[str, str]:
    lines = (DOCKER / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_only_settings_that_the_product_reads_are_named():
    known = setting_names()
    for name, told in ours().items():
        assert set(told.get("environment", {})) <= known, name
    assert set(example()) - FOR_COMPOSE <= known
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DOCKER / "compose.yaml").read_text(encoding="utf-8")))
    assert asked == FOR_COMPOSE - {"COMPOSE_PROFILES", "COMPOSE_PROJECT_NAME"} <= set(example())


def test_every_service_belongs_to_a_size_and_needs_nothing_of_another():
    for name, told in COMPOSE["services"].items():
        profiles = set(told["profiles"])
        assert profiles and profiles <= {"default", "postgres", "full"}, name
        for needed in told.get("depends_on", {}):
            assert profiles <= set(COMPOSE["services"][needed]["profiles"]), (name, needed)
    sizes = {size: {n for n, t in COMPOSE["services"].items() if size in t["profiles"]} for size in ("default", "full")}
    assert sizes["default"] == {"site"}
    assert {"web-a", "web-b", "worker-full", "proxy", "database", "cache", "search"} <= sizes["full"]


def test_ours_may_write_to_their_data_alone_and_each_has_a_part_of_the_entrypoint():
    parts = set(re.findall(r"^    ([a-z-]+)\)", (DOCKER / "entrypoint").read_text(encoding="utf-8"), re.MULTILINE))
    assert len(ours()) == 8
    for name, told in ours().items():
        assert told["read_only"] and told["cap_drop"] == ["ALL"] and told["init"], name
        assert told["tmpfs"] == "/tmp" and "data:/data" in told["volumes"], name
        assert told["command"][0] in parts, name
        # Only where a web server answers can it be asked.
        assert (told["command"][0] in ("web", "site")) is ("healthcheck" not in told), name


def test_every_image_has_a_version():
    images = {told["image"] for told in COMPOSE["services"].values() if "build" not in told}
    images.add("python:" + re.search(r"^ARG PYTHON=(\S+)", DOCKERFILE, re.MULTILINE).group(1))
    assert len(images) == 5
    for image in images:
        assert re.fullmatch(r"[a-z/-]+:\d+(\.\d+)*(-[a-z-]+)?", image), image
    pinned = re.search(r"^elasticsearch==(\d+\.\d+\.\d+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE).group(
        1
    )
    assert f"elasticsearch:{pinned}" in images
    assert re.search(r"^ARG POSTGRESQL=(\d+)", DOCKERFILE, re.MULTILINE).group(1) == "17"
    assert any(image.startswith("postgres:17") for image in images)


def test_what_the_dockerfile_takes_is_there_and_sent():
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        source = line.split()[0]
        assert source == "." or source in SENT, source
    for named in ("docker/entrypoint", "docker/healthcheck.py"):
        assert named in DOCKERFILE and named in SENT
    assert (DOCKER / "entrypoint").stat().st_mode & 0o111
    for named in re.findall(r"docker/[\w.]+", (DOCKER / "entrypoint").read_text(encoding="utf-8")):
        assert named in SENT, named


def test_nothing_is_sent_that_is_not_the_product():
    assert not [path for path in SENT if re.match(r"var/|\.git|\.venv|tests/|backing/|bench/(?!judged/)|docs/", path)]
    assert not [path for path in SENT if "__pycache__" in path or path.endswith((".pyc", ".env", ".sqlite3"))]
    # What pages are made of, and what tells one release from another.
    for needed in ("manage.py", "requirements.txt", "pyproject.toml", "site/config/wsgi.py", "home/pages/about.toml"):
        assert needed in SENT
    from config import page_cache

    for room in page_cache.ROOMS:
        assert any(path.startswith(f"{room}/") for path in SENT), room


def test_the_image_runs_as_nobody_in_particular_and_asks_itself_how_it_is():
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER \d{5}:\d{5}$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last and 'ENTRYPOINT ["docker/entrypoint"]' in last
    assert "DJANGO_SETTINGS_MODULE=config.settings.production" in last
    assert "gcc" not in DOCKERFILE and "--only-binary :all:" in DOCKERFILE


def test_nginx_lets_in_what_the_site_takes_and_writes_down_nobody(settings):
    text = (DOCKER / "nginx.conf").read_text(encoding="utf-8")
    megabytes = [int(size) * 1024 * 1024 for size in re.findall(r"client_max_body_size (\d+)m;", text)]
    forms, photos = sorted(megabytes)
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= forms < 2 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE < photos <= settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE + 1024 * 1024
    logged = re.search(r"log_format discreet(.+?);\n", text, re.DOTALL).group(1)
    for telling in ("$request ", '$request"', "$request_uri", "$args", "$uri", "$remote", "$http_", "$query"):
        assert telling not in logged
    assert "error_log /dev/stderr emerg;" in text
    assert "X-Forwarded-For $remote_addr;" in text and "X-Forwarded-Proto https;" in text
    web = COMPOSE["services"]["web-a"]
    assert web["environment"]["BEHIND_PROXY"] == "true" and web["environment"]["TRUSTED_PROXIES"] == "1"
    assert {f"server {name}:8000" for name in ("web-a", "web-b")} <= set(re.findall(r"server [\w-]+:\d+", text))


def test_together_ends_all_when_one_ends_or_it_is_told_to():
    together = [sys.executable, str(DOCKER / "together.py")]
    begun = time.monotonic()
    assert subprocess.run([*together, "sleep 30", "sh -c 'exit 3'"]).returncode == 3
    assert subprocess.run([*together, "sleep 30", "true"]).returncode == 1
    told = subprocess.Popen([*together, "sleep 30", "sleep 31"])
    time.sleep(0.5)
    told.send_signal(signal.SIGTERM)
    assert told.wait(10) == 0
    assert time.monotonic() - begun < 10


def test_the_healthcheck_asks_by_a_name_that_the_site_answers_to(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", ".example.org, other.example.org")
    monkeypatch.setenv("PORT", "9")
    spec = importlib.util.spec_from_file_location("healthcheck", DOCKER / "healthcheck.py")
    healthcheck = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(healthcheck)
    assert healthcheck.HOST == "example.org"
    assert not healthcheck.is_well()


@pytest.mark.parametrize("part", ["nothing-like-it", "sh"])
def test_the_entrypoint_refuses_what_is_no_part(part):
    done = subprocess.run([DOCKER / "entrypoint", part], capture_output=True, text=True)
    assert done.returncode == 64 and "No such part" in done.stderr
