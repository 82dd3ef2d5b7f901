"""Rules of the house that no single module can keep: checked over the whole tree."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.template import engines
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[1]
APPS = ("practices", "people", "search", "contributions", "feedback", "home")
SOURCES = [
    path for app in (*APPS, "site/config") for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "site" / "templates").rglob("*.html"))
TOOLS = Path(sys.executable).parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}", "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return subprocess.run([TOOLS / command[0], *command[1:]], cwd=ROOT, env=env, capture_output=True, text=True)


def test_site_is_a_folder_on_the_path_and_never_a_package():
    assert not (ROOT / "site" / "__init__.py").exists()
    import site

    assert Path(site.__file__).parent != ROOT / "site"


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("lint-imports",),
        ("mypy", *APPS, "site/config"),
        ("djlint", "site/templates", "--lint", "--quiet"),
    ],
    ids=lambda command: command[0] + " " + command[1] if len(command) > 1 else command[0],
)
def test_tools_find_nothing(command):
    done = run(*command)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.django_db
def test_the_migrations_say_all_that_the_models_do():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_app_has_one_clean_first_migration():
    for app in (app for app in APPS if any(apps.get_app_config(app).get_models())):
        assert [path.name for path in (ROOT / app / "migrations").glob("0001*.py")] == ["0001_initial.py"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "site" / "templates")))
def test_every_template_compiles(path):
    engines["django"].get_template(str(path.relative_to(ROOT / "site" / "templates")))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_script_or_style_or_marks_anything_safe(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*(safe|safeseq|richtext)\b", text)
    assert "autoescape off" not in text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", text)


def names_used(path: Path) -> set[str]:
    """Every name, attribute and imported name in a module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.name.split(".")[0] for alias in node.names} | {
                (getattr(node, "module", "") or "").split(".")[0]
            }
    return found


@pytest.mark.parametrize("name", ["bleach", "mark_safe", "SafeString", "SafeText", "html_safe"])
def test_only_the_text_gate_makes_html_of_text(name):
    typing_only = {ROOT / "practices" / "text.py"}
    users = {path for path in SOURCES if name in names_used(path)}
    if name == "SafeString":
        calls = {
            path
            for path in users
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "SafeString"
        }
        users = calls
    assert users <= typing_only, sorted(str(path.relative_to(ROOT)) for path in users - typing_only)


def test_no_room_is_named_for_everything():
    attics = {"utils.py", "helpers.py", "common.py", "mixins.py", "misc.py"}
    assert not [path for path in SOURCES if path.name in attics]


def test_modules_stay_short_enough_to_read():
    long = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert not {name: lines for name, lines in long.items() if lines > 400}


def test_functions_stay_short_enough_to_read():
    long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 60:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not long


def test_nothing_is_left_open_in_the_code():
    left = re.compile(r"\b(TODO|FIXME|XXX)\b")
    assert not [str(path) for path in [*SOURCES, *TEMPLATES] if left.search(path.read_text(encoding="utf-8"))]


def test_the_database_knows_which_models_are_ours():
    with_models = {app for app in APPS if any(apps.get_app_config(app).get_models())}
    assert {model._meta.app_label for model in apps.get_models()} >= with_models >= {"practices", "people", "search"}


def patterns(resolver: URLResolver, prefix: str = "") -> list[str]:
    found = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            found.append(prefix + str(entry.pattern))
        else:
            found += patterns(entry, prefix + str(entry.pattern))
    return found


def test_our_addresses_come_before_wagtails_which_takes_all_the_rest():
    found = patterns(get_resolver())
    for address in ("search/", "practices/<slug:slug>/", "wanted/", "healthz", "robots.txt", "sitemap.xml"):
        assert address in found, address


def test_the_map_names_every_app_and_every_feature_page_there_is():
    text = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    for app in APPS:
        assert f"`{app}/`" in text
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "map.md" or page.name in text, page.name
    for named in re.findall(r"`((?:practices|people|search|home|site|tests)/[\w/.-]+\.(?:py|toml|html|css))`", text):
        assert (ROOT / named).exists(), named


def test_the_repository_names_no_machine_and_no_registry():
    words = re.compile(r"/work/|/root/|pypi\.org|files\.pythonhosted|registry\.npmjs")
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    named = [
        name
        for name in files
        if name.endswith((".py", ".md", ".toml", ".txt", ".html", "Makefile", ".yml"))
        and name != "tests/test_architecture.py"
        and (ROOT / name).exists()
        and words.search((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert not named
