#!/usr/bin/env python3
"""Set up and work on Organizer with nothing but Python and pip: python3 dev.py help.

Standard library only, and readable by older Pythons as far as the sentence that refuses them.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST_PYTHON = (3, 11)
# The first pip that can install into an environment other than its own.
OLDEST_PIP = (22, 3)
# The pip settings that say where packages come from; others (user, target, constraint …) would lead it astray.
PIP_SETTINGS = re.compile(
    "PIP_((CLIENT_|)CERT|(EXTRA_|)INDEX_URL|FIND_LINKS|NO_INDEX|PROXY|TRUSTED_HOST|KEYRING_PROVIDER"
    "|(DEFAULT_|)TIMEOUT|RETRIES|(NO_|)CACHE_DIR|CONFIG_FILE)"
)
MACOS_APP = "/Applications/{0}.app/Contents/MacOS/{0}"
CHROMIUMS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    *(MACOS_APP.format(name) for name in ("Chromium", "Google Chrome")),
)
# A browser without fonts draws nothing, and Playwright's own node needs libatomic1.
DEBIAN_PACKAGES = ("chromium", "fonts-dejavu", "fonts-noto-core", "fonts-noto-cjk", "libatomic1")
# What a failed set-up said → what is wrong and what to do before the next try; the first that fits is told.
REASONS = {
    "No space left|Errno 28": "The disk is full: free two gigabytes, in the temporary folder too",
    "CERTIFICATE_VERIFY|peer certificate": "The packages' source is not trusted: set the clock, or PIP_CERT",
    "(?i)resolution|not known|unreachable|refused|timed out|connection|dns error|proxy|tunnel|sending request": (
        "The packages could not be fetched: connect to the network (behind a proxy, set HTTPS_PROXY)"
    ),
    "(?i)match the hashes|hash mismatch": "A package is not the one in the lock, and was refused: try another network",
    "No matching distribution|no usable wheel|no wheels": (
        "A package has no build for this machine: use Python 3.11 to 3.14, on Linux or macOS 15 with Apple silicon"
    ),
    "No module named '?venv": "This Python has no venv module: install it (on Debian: apt-get install python3-venv)",
    "(?i)permission denied|read-only": "The checkout cannot be written: make it yours (chown -R)",
}


class Problem(Exception):
    """A failure as the developer is told it: one sentence with what to do."""


def explain(output: str) -> str:
    """Return the sentence for what a failed set-up said, or its own last line."""
    for pattern, sentence in REASONS.items():
        if re.search(pattern, output):
            return f"{sentence}, then run this again."
    last_line = (output.strip() or "it ended without a word").splitlines()[-1].strip()
    return f"The set-up failed ({last_line}): remove .venv or take a fresh checkout, then run this again."


def venv_is_sound() -> bool:
    """Return whether .venv was made here and by the same Python: the checkout not moved, the system not upgraded."""
    try:
        text = (VENV / "pyvenv.cfg").read_text()
    except OSError:
        return False
    made = dict(re.findall(r"^(\w+) = (.*)$", text, re.MULTILINE))
    same_python = PYTHON.exists() and made.get("executable") == str(PYTHON.resolve())
    return same_python and made.get("command", "").endswith(f" {VENV}")


def make_venv() -> None:
    if Path(sys.prefix) == VENV:
        raise Problem("The Python inside .venv cannot make .venv anew: run this with the system's (python3 dev.py).")
    if VENV.is_symlink():  # Python would empty what it leads to
        VENV.unlink()
    print(f"Making {VENV} ...", flush=True)
    command = [sys.executable, "-m", "venv", "--without-pip", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Problem(explain(made.stdout + made.stderr))


def pip_version(python: str | Path) -> tuple[int, ...]:
    """Return the first two numbers of that Python's pip, or () when it has none."""
    asked = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, text=True, check=False)
    return tuple(int(number) for number in re.findall(r"\d+", asked.stdout)[:2])


def installers() -> Iterator[list[str]]:
    """Yield the commands that can install into .venv, best first."""
    uv = shutil.which("uv")
    if uv:
        yield [uv, "pip", "install", "--python", str(PYTHON)]
    outer_pip = pip_version(sys.executable)
    if outer_pip >= OLDEST_PIP:
        yield [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--disable-pip-version-check"]
        return
    subprocess.run([PYTHON, "-m", "ensurepip"], capture_output=True, check=False)
    if pip_version(PYTHON):
        yield [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    elif outer_pip:
        raise Problem("This pip is older than 22.3: renew it (python3 -m pip install -U pip), then run this again.")
    else:
        raise Problem(
            "This Python has no pip: install it (on Debian: apt-get install python3-pip), then run this again."
        )


def installer_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the pip settings that would install elsewhere, or something else."""
    harmless = {name for name in environ if not name.startswith("PIP_") or PIP_SETTINGS.fullmatch(name)}
    return {name: environ[name] for name in harmless} | {"PIP_USER": "0"}


def show(line: str, *, lasting: bool) -> None:
    """Show progress: on a terminal each line over the last one, elsewhere only the lasting ones."""
    if sys.stdout.isatty():
        print(f"\r\033[K{line}", end="", flush=True)
    elif lasting:
        print(line, flush=True)


def install(installer: Sequence[str], lock: Path) -> str | None:
    """Install the lock into .venv, showing how far it is; return None, or all that was said when it failed."""
    total = len(re.findall(r"^\S+==", lock.read_text(), re.MULTILINE))
    # Ready-made builds only: nothing that is fetched runs while it is installed, and no compiler is needed.
    command = [*installer, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
    environ = installer_environment(os.environ)
    said: list[str] = []
    fetched = 0
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            said.append(line)
            if line.startswith(("Collecting ", "Processing ")):
                fetched += 1
                show(f"  {fetched} of about {total} packages", lasting=fetched % 20 == 0)
            elif line.startswith("Installing collected"):
                show("  all fetched; unpacking, which may take a minute", lasting=True)
    show("", lasting=False)
    return "".join(said) if process.returncode else None


def set_up(name: str) -> None:
    """Have requirements/<name>.txt installed in .venv, at once when a stamp says that it is."""
    if not venv_is_sound():
        make_venv()
    lock = ROOT / "requirements" / f"{name}.txt"
    stamp = VENV / f"{name}.stamp"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    # Otherwise a set-up that was broken off would look complete once the former lock is back.
    stamp.unlink(missing_ok=True)
    failure = ""
    for installer in installers():
        print(f"Installing requirements/{name}.txt ...", flush=True)
        said = install(installer, lock)
        if said is None:
            stamp.write_text(wanted)
            return
        failure = said
        print("".join(failure.splitlines(keepends=True)[-5:]), file=sys.stderr)
    raise Problem(explain(failure))


def execute(arguments: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    """Become .venv's Python, so that signals and the exit code are its own."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execve(PYTHON, [str(PYTHON), *arguments], dict(environ))


def refuse_taken_port(host: str, port: int) -> None:
    """Raise Problem unless a server could listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server does: connections that were just closed are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        advice = {
            errno.EADDRINUSE: f"Port {port} is taken: end what uses it, or choose another (--port {port % 65535 + 1}).",
            errno.EACCES: f"Port {port} is for root only: choose one above 1023 (--port 5000).",
        }
        elsewhere = f"{host} is not an address of this machine: choose one that is (--host 127.0.0.1)."
        raise Problem(advice.get(error.errno or 0, elsewhere)) from error


def run(options: argparse.Namespace) -> NoReturn:
    refuse_taken_port(options.host, options.port)
    set_up("core")
    arguments = ["-m", "flask", "--app", "app", "serve", "--host", options.host, "--port", str(options.port)]
    if options.demo is not None:
        arguments.append("--demo" if options.demo else "--no-demo")
    execute(arguments, os.environ)


def find_chromium(environ: Mapping[str, str]) -> str | None:
    """Return the path of the Chromium that $CHROMIUM names, else of an installed one, else None."""
    chosen = environ.get("CHROMIUM")
    found = [path for path in map(shutil.which, [chosen] if chosen else CHROMIUMS) if path]
    if chosen and not found:
        raise Problem(f"CHROMIUM names {chosen}, which is not a program: correct it, or unset it to have one found.")
    return found[0] if found else None


def playwright_runs() -> bool:
    """Return whether Playwright's own node starts: on a bare Debian it lacks libatomic1."""
    node = next(VENV.glob("lib/python*/site-packages/playwright/driver/node"))
    return subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0


def chromium_for_tests(environ: Mapping[str, str]) -> str:
    """Return the path of a Chromium; as root on Debian, install what is missing."""
    chromium = find_chromium(environ)
    if not (chromium and playwright_runs()) and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium and fonts with apt-get ...", flush=True)
        unattended = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "-y", "--no-install-recommends", *DEBIAN_PACKAGES]):
            subprocess.run(["apt-get", "-q", *step], env=unattended, check=False)
        chromium = find_chromium(environ)
    if chromium and playwright_runs():
        return chromium
    raise Problem(
        f"The tests need Chromium: install it (on Debian: sudo apt-get install {' '.join(DEBIAN_PACKAGES)}),"
        ' or leave its tests out (python3 dev.py test -m "not browser").'
    )


def pytest_arguments(given: Sequence[str], database_url: str) -> list[str]:
    """Return pytest's arguments: 3 workers for 2 cores, no browser on PostgreSQL, no loads unless asked for by name."""
    ours = {"--load", "--soak"}
    added, left = [], [argument for argument in given if argument not in ours]
    if not any(argument.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for argument in given):
        added += ["-n", "3", "--dist", "worksteal" if "--load" in given else "loadfile"]  # servers are waited for
    wanted = ["load"] if "--load" in given else []
    if not ours & set(given) and not any(Path(argument.partition("::")[0]).exists() for argument in left):
        wanted = ["not load"]
    if database_url.startswith("postgres"):
        wanted.append("not browser")
    if wanted and not any(argument.startswith("-m") for argument in left):
        added += ["-m", " and ".join(wanted)]
    return [*added, *left]


def test(given: list[str]) -> NoReturn:
    set_up("dev")
    environ = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}  # what is compiled once serves all that the tests start
    if "--soak" in given:
        environ["ORGANIZER_SOAK"] = "1"
    arguments = pytest_arguments(given, environ.get("ORGANIZER_TEST_DATABASE_URL", ""))
    if "not browser" not in arguments:
        environ["CHROMIUM"] = chromium_for_tests(environ)
    execute(["-m", "pytest", *arguments], environ)


def lint() -> None:
    """Run every check at once and report each: one that finds something does not hide the next."""
    set_up("dev")
    code = (ROOT / name for name in ("organizer", "app.py", "dev.py", "tests", "benchmarks"))
    checks = {
        "ruff check": ["ruff", "check", "--quiet"],
        "ruff format": ["ruff", "format", "--check", "--output-format", "concise"],
        "djlint": ["djlint", "--lint", "--quiet", "templates"],
        "import-linter": ["lint-imports", "--no-logo"],
        "mypy": ["mypy", *(str(path) for path in code if path.is_file() or any(path.rglob("*.py")))],
    }
    started = {
        check: subprocess.Popen(
            [str(VENV / "bin" / program), *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for check, (program, *arguments) in checks.items()
    }
    found = []
    for check, process in started.items():
        output, _ = process.communicate()
        print(f"FAILED  {check}\n{output}" if process.returncode else f"ok      {check}", flush=True)
        found += [check] if process.returncode else []
    if found:
        raise Problem(f"To be mended: {', '.join(found)}.")
    print("Nothing to mend.")


def renew_locks() -> None:
    """Write both locks anew: hashed, for every Python and system, without a word on where packages come from."""
    set_up("dev")
    compiling = [str(VENV / "bin" / "uv"), "pip", "compile", "--quiet", "--upgrade", "--universal"]
    compiling += ["--python-version", "3.11", "--generate-hashes", "--only-binary", ":all:"]
    compiling += ["--no-header", "--annotation-style", "line"]
    for arguments in (["core.in", "-o", "core.txt"], ["dev.in", "-c", "core.txt", "-o", "dev.txt"]):
        print(f"Renewing requirements/{arguments[-1]} ...", flush=True)
        done = subprocess.run(
            [*compiling, *arguments], cwd=ROOT / "requirements", capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Problem(explain(done.stderr))
    print("Renewed: python3 dev.py test installs and tries them.")


def renew_words() -> None:
    """Collect what is to be translated into translations/messages.pot, and bring every language's catalog up to it."""
    set_up("dev")
    pybabel = str(VENV / "bin" / "pybabel")
    template = "translations/messages.pot"
    keywords = ["-k", "RuleError", "-k", "TooMany", "--ignore-dirs", ".* __pycache__"]
    plain = ["--no-wrap", "--sort-by-file", "--add-location", "file"]
    ours = ["--project", "Organizer", "--copyright-holder", "its authors", "--msgid-bugs-address", "the project"]
    steps = [["extract", "-F", "babel.cfg", *keywords, *plain, *ours, "-o", template, "."]]
    for catalog in sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po")):
        files = ["-i", str(catalog), "-o", str(catalog.with_suffix(".mo"))]
        language = catalog.parts[-3]
        update = ["update", "-i", template, "-o", str(catalog), "-l", language]
        steps += [[*update, "--no-wrap", "--no-fuzzy-matching", "--ignore-obsolete"]]
        steps += [["compile", *files, "-l", language, "--statistics"]]
    for step in steps:
        if subprocess.run([pybabel, "-q", *step], cwd=ROOT, check=False).returncode:
            raise Problem(f"pybabel could not {step[0]} the words; what it says stands above.")
    print("Renewed: python3 dev.py test tests/test_translations.py names what is still to be translated.")


def port_number(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 65535")


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 dev.py", description="Set up and work on Organizer.")
    commands = parser.add_subparsers(dest="command", metavar="command")
    run_parser = commands.add_parser("run", help="serve the site, with the demo when the database is untouched")
    run_parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    run_parser.add_argument("--port", type=port_number, default=5000, help="the port to listen on (5000)")
    run_parser.add_argument(
        "--demo", action=argparse.BooleanOptionalAction, help="fill an untouched database, or don't"
    )
    commands.add_parser("test", help="run the tests: --soak for the long ones in full, all else is pytest's")
    commands.add_parser("lint", help="run ruff, djlint, import-linter and mypy")
    bench_parser = commands.add_parser("bench", help="run the benchmarks, or those named")
    bench_parser.add_argument("names", nargs="*")
    commands.add_parser("lock", help="renew requirements/*.txt from *.in")
    commands.add_parser("words", help="collect the words to translate, and compile the translations")
    commands.add_parser("help", help="show this")
    return parser


def dispatch(arguments: list[str]) -> None:
    # pytest's options are its own, -h included.
    if arguments[:1] == ["test"]:
        test(arguments[1:])
    options = make_parser().parse_args(arguments)
    if options.command == "run":
        run(options)
    elif options.command == "lint":
        lint()
    elif options.command == "bench":
        set_up("dev")
        execute(["-m", "benchmarks", *options.names], os.environ)
    elif options.command == "words":
        renew_words()
    elif options.command == "lock":
        renew_locks()
    else:
        make_parser().print_help()


def main(arguments: list[str], version: tuple[int, ...] = sys.version_info[:2]) -> int:
    """Return the exit code, having told a failure in one sentence."""
    try:
        if version < OLDEST_PYTHON:
            raise Problem(
                f"Organizer needs Python 3.11 or newer and this is {version[0]}.{version[1]}: use a newer one."
            )
        dispatch(arguments)
    except (Problem, OSError) as failure:
        print(failure if isinstance(failure, Problem) else explain(str(failure)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
