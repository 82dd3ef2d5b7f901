"""What stands behind `make run`, `make dev`, `make admin`, `make test`, `make bench` and `make judge`.

Runs with whatever Python there is, before anything is installed: it uses the standard library
alone, and syntax that an old Python can read, so that it can say that Python is too old.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
# It is started as a file: what stands beside the apps is found from the root.
sys.path.insert(0, str(ROOT))
OLDEST = (3, 11)
VENV = Path(os.environ.get("VENV", str(ROOT / ".venv")))
DATA = Path(os.environ.get("DATA_DIR", str(ROOT / "var")))
PREPARED = DATA / "prepared"
# What `prepare` works from: when none of it has changed, there is nothing to prepare.
PREPARED_FROM = (
    "requirements.txt",
    "*/migrations/*.py",
    "practices/library/**/*.toml",
    "search/*.toml",
    "search/engines/**/*.py",
    "search/documents.py",
    "search/text.py",
    "home/pages/*.toml",
    "home/roles.py",
    "site/static/**/*",
)
# What names a library and its settings.
OF_THIS_PLACE = (
    "DATA_DIR", "DATABASE_URL", "CACHE_URL", "WORKER", "LOG_FORMAT", "SEARCH_ENGINE", "DJANGO_SETTINGS_MODULE",
)  # fmt: skip
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class CannotStart(Exception):
    """Something is missing. The message says what, and what to do about it."""


@contextlib.contextmanager
def one_at_a_time():
    """Let only one start set things up; another waits, and then finds it done."""
    VENV.parent.mkdir(parents=True, exist_ok=True)
    with (VENV.parent / ".setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is setting things up. Waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(text):
    print(text, flush=True)


def digest_of(patterns):
    """A digest of the names and contents of all files that match the patterns, below the root."""
    total = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(str(path.relative_to(ROOT)).encode())
                total.update(path.read_bytes())
    return total.hexdigest()


def check_python():
    if sys.version_info < OLDEST:
        raise CannotStart(
            "This needs Python {}.{} or newer; `{}` is {}.{}.\n"
            "Name another one like this: make run PYTHON=python3.12".format(
                *OLDEST, sys.executable, *sys.version_info[:2]
            )
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise CannotStart(
            "Python's venv module is missing.\nOn Debian or Ubuntu: sudo apt-get install python3-venv"
        ) from None


def check_port(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotStart(f"This machine does not allow port {port}. Try: make run PORT=8000") from None
        except OSError as error:
            raise CannotStart(
                f"Something answers on {host}:{port} already, perhaps this site in another window ({error.strerror}).\n"
                f"Try another port: make run PORT={port + 1000}"
            ) from None


def make_environment(requirements):
    """Make the virtual environment and install the pinned packages, unless that was done before."""
    python = VENV / "bin" / "python"
    stamp = VENV / (requirements + ".installed")
    wanted = digest_of([requirements])
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    if not python.exists() or subprocess.run([str(python), "-c", "import pip"], stderr=subprocess.DEVNULL).returncode:
        say(f"Making a virtual environment in {VENV} ...")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    say(f"Installing the packages named in {requirements} (a minute or two, the first time) ...")
    pip = subprocess.Popen(
        [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
         "-r", str(ROOT / requirements)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
    )  # fmt: skip
    lines, count = [], 0
    for line in pip.stdout or ():
        lines.append(line)
        if line.startswith("Collecting") and sys.stdout.isatty():
            count += 1
            print(f"\r  {count:3d} packages: {line.split()[1][:40]:<40}", end="", flush=True)
    if count:
        print("\r" + " " * 70 + "\r", end="")
    if pip.wait():
        raise CannotStart(why_pip_failed("".join(lines)))
    stamp.write_text(wanted)
    if requirements != "requirements.txt":
        (VENV / "requirements.txt.installed").write_text(digest_of(["requirements.txt"]))
    return python


def add_meaning(python):
    """Install what finding by meaning needs; returns whether that went well."""
    stamp = VENV / "requirements-meaning.txt.installed"
    wanted = digest_of(["requirements-meaning.txt"])
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    say("Installing what finding by meaning needs (about 110 MB, once) ...")
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-q", "--no-deps",
         "-r", str(ROOT / "requirements-meaning.txt")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
    )  # fmt: skip
    if done.returncode:
        say(why_pip_failed(done.stdout))
        return False
    stamp.write_text(wanted)
    return True


def meaning():
    """Add finding by meaning to what is there, and read the library for it."""
    with one_at_a_time():
        python = make_environment("requirements.txt")
        if not add_meaning(python):
            raise CannotStart("Without it all else works as before.")
        prepare(python)
    return manage(python, "index")


def why_pip_failed(output):
    last = "\n".join(output.strip().splitlines()[-6:])
    signs = ("NewConnectionError", "ConnectTimeout", "ConnectionError", "Max retries", "No matching distribution",
             "Name or service not known", "ProxyError", "SSLError", "Temporary failure")  # fmt: skip
    if any(sign in output for sign in signs):
        return (
            "pip could not get a package: it may not reach a package registry from here.\n"
            "Check the connection (behind a proxy, set HTTPS_PROXY; with a mirror, set PIP_INDEX_URL) and try again.\n"
            "The last it said:\n" + last
        )
    return "pip could not install the packages. The last it said:\n" + last


def prepare(python):
    """Make database, library and search index, unless nothing has changed since that was done."""
    wanted = f"{digest_of(PREPARED_FROM)} for {os.environ.get('DATABASE_URL', 'SQLite')}"
    wanted = hashlib.sha256(wanted.encode()).hexdigest()
    database = DATA / "db.sqlite3"
    is_there = database.exists() or "DATABASE_URL" in os.environ
    if is_there and PREPARED.exists() and PREPARED.read_text() == wanted:
        return
    say("Preparing the library ...")
    if manage(python, "prepare"):
        raise CannotStart("The library could not be prepared; the lines above say why. Nothing half done was kept.")
    DATA.mkdir(parents=True, exist_ok=True)
    PREPARED.write_text(wanted)


def environment(settings):
    return dict(
        os.environ,
        DJANGO_SETTINGS_MODULE=os.environ.get("DJANGO_SETTINGS_MODULE", settings),
        DATA_DIR=str(DATA),
        PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "site")]),
        PYTHONUNBUFFERED="1",
    )


def manage(python, *arguments):
    command = [str(python), str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environment("config.settings.local"), cwd=str(ROOT)).returncode


def wait_until_it_answers(address, server):
    for _ in range(600):
        if server.poll() is not None:
            raise CannotStart("The web server stopped at once; the lines above say why.")
        try:
            with urlopen(address + "/healthz", timeout=5):
                return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise CannotStart("The web server did not answer within a minute.")


def serve(python, host, port, reload):
    """Run the web server and, beside it, what works behind it, until one is told to stop."""
    shown = f"[{host}]" if ":" in host else host
    address = "http://{}:{}".format("127.0.0.1" if host in ("0.0.0.0", "::") else shown, port)
    env = dict(environment("config.settings.dev" if reload else "config.settings.local"), HOST=shown, PORT=str(port))
    env.setdefault("BASE_URL", address)
    if host not in ("127.0.0.1", "localhost", "::1"):
        env["ALLOWED_HOSTS"] = ",".join(
            filter(None, [env.get("ALLOWED_HOSTS"), "*" if host in ("0.0.0.0", "::") else host])
        )
    if reload:
        web = [str(python), "manage.py", "runserver", f"{shown}:{port}"]
    else:
        web = [str(python), "-m", "gunicorn", "-c", "docker/gunicorn.conf.py"]
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: sys.exit(0))
    children = []
    try:
        server = subprocess.Popen(web, env=env, cwd=str(ROOT))
        children.append(server)
        wait_until_it_answers(address, server)
        children.append(subprocess.Popen([str(python), "manage.py", "work"], env=env, cwd=str(ROOT)))
        say(f"\nThe Social Wiki is at {address}/  (stop it with Ctrl-C)")
        return server.wait()
    finally:
        stop(children)


def stop(children):
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()


def chromium():
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found:
        return found
    if not shutil.which("apt-get"):
        raise CannotStart(
            "The browser tests need Chromium. Install it, or name it: make test CHROMIUM=/path/to/chromium"
        )
    from backing.debian import install_from_debian

    say("Installing Chromium for the browser tests ...")
    if not install_from_debian("chromium", "fonts-dejavu-core"):
        raise CannotStart("Chromium could not be installed. As an administrator: apt-get install chromium")
    return chromium()


def apart_from_this_place(**more):
    """The environment without what names a library and its settings: tests and measurements have their own."""
    env = dict(os.environ, PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "site")]), **more)
    for name in OF_THIS_PLACE:
        env.pop(name, None)
    return env


def test(arguments, database):
    """Run the tests; all of them on SQLite, and then once more on PostgreSQL those in which the two differ.

    Named tests run once, on the database that is named.
    """
    from backing import elasticsearch, postgresql
    from backing.debian import NotInstalledError

    on_both = not (arguments or database)
    with one_at_a_time():
        python = make_environment("requirements-dev.txt")
        # Without it the tests of meaning are skipped, and say so.
        add_meaning(python)
    env = apart_from_this_place(CHROMIUM=chromium())
    if on_both or database == "postgres":
        # Before anything runs: who waits for the tests wants to know at once.
        try:
            postgresql.find()
        except NotInstalledError as reason:
            raise CannotStart(str(reason)) from None

    if not arguments:
        # Without it the tests of it are skipped, and say so; where all have to run, nothing is.
        try:
            elasticsearch.build()
        except NotInstalledError as reason:
            if "CI" in os.environ:
                raise CannotStart(str(reason)) from None
            say(str(reason))

    def run(*arguments, **more):
        # A process for each core, unless the arguments say otherwise.
        command = [str(python), "-m", "pytest", "-n", "auto", *arguments]
        return subprocess.run(command, env=dict(env, **more), cwd=str(ROOT)).returncode

    failed = database != "postgres" and run(*arguments)
    if on_both or database == "postgres":
        say("\nOn PostgreSQL ...")
        with postgresql.running() as address:
            failed = run(*(["-m", "database"] if on_both else arguments), DATABASE_URL=address) or failed
    return int(failed)


def bench(arguments):
    with one_at_a_time():
        python = make_environment("requirements.txt")
    # Without it the figures over HTTP are left out, and the table says so.
    if not shutil.which("wrk") and shutil.which("apt-get"):
        from backing.debian import install_from_debian

        say("Installing wrk, which counts requests ...")
        install_from_debian("wrk")
    return subprocess.run(
        [str(python), "-m", "bench", *arguments], env=apart_from_this_place(), cwd=str(ROOT)
    ).returncode


def judge(arguments):
    with one_at_a_time():
        python = make_environment("requirements.txt")
    return subprocess.run(
        [str(python), "-m", "bench.judging", *arguments], env=apart_from_this_place(), cwd=str(ROOT)
    ).returncode


def main():
    parser = argparse.ArgumentParser(description="Set up and run the Social Wiki.")
    parser.add_argument("what", choices=["run", "dev", "manage", "test", "bench", "judge", "meaning"])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default=8000, type=int)
    parser.add_argument("--database", choices=["sqlite", "postgres"], help="of the tests; both without it")
    options, rest = parser.parse_known_args()
    check_python()
    if options.what == "test":
        return test(rest, options.database)
    if options.what == "bench":
        return bench(rest)
    if options.what == "judge":
        return judge(rest)
    if options.what == "meaning":
        return meaning()
    if options.what in ("run", "dev"):
        check_port(options.host, options.port)
    with one_at_a_time():
        python = make_environment("requirements-dev.txt" if options.what == "dev" else "requirements.txt")
        if options.what != "manage":
            prepare(python)
    if options.what == "manage":
        return manage(python, *rest)
    return serve(python, options.host, options.port, reload=options.what == "dev")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotStart as reason:
        print(f"\n{reason}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped.")
        sys.exit(0)
