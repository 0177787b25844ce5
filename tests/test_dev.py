"""dev.py's decisions, tried alone; .ci/run tries the whole of it on a fresh clone."""

import re
import socket
import sys
from pathlib import Path

import pytest

import dev


def make_program(path: Path) -> str:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout with a .venv as `python3 -m venv` leaves it, and a lock of two packages."""
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    real_python = Path(sys.executable).resolve()
    (venv / "pyvenv.cfg").write_text(
        f"home = /usr/bin\nexecutable = {real_python}\ncommand = /usr/bin/python3 -m venv --without-pip {venv}\n"
    )
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "core.txt").write_text("flask==3.1.3 \\\n    --hash=sha256:00\nnh3==0.3.8\n")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", venv)
    monkeypatch.setattr(dev, "PYTHON", venv / "bin" / "python")
    return tmp_path


def install_with(monkeypatch: pytest.MonkeyPatch, *scripts: str) -> None:
    """Let shell scripts stand for the installers."""
    commands = [["sh", "-c", script] for script in scripts]
    monkeypatch.setattr(dev, "installers", lambda: iter(commands))


def refuse(*_arguments: object) -> None:
    raise AssertionError("this was not to be run")


@pytest.fixture(autouse=True)
def tests_stay_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a wrongly accepted command from replacing this process."""
    monkeypatch.setattr(dev, "execute", refuse)
    monkeypatch.setattr(dev, "run", refuse)


def test_a_second_set_up_installs_nothing(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_with(monkeypatch, "exit 0")
    dev.set_up("core")
    monkeypatch.setattr(dev, "installers", refuse)
    dev.set_up("core")


def test_a_changed_lock_is_installed(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_with(monkeypatch, "exit 0")
    dev.set_up("core")
    (checkout / "requirements" / "core.txt").write_text("flask==3.1.4\n")
    install_with(monkeypatch, f"touch {checkout}/installed")
    dev.set_up("core")
    assert (checkout / "installed").exists()


def test_a_failed_set_up_is_tried_again_even_with_the_former_lock(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = checkout / "requirements" / "core.txt"
    former = lock.read_text()
    install_with(monkeypatch, "exit 0")
    dev.set_up("core")
    lock.write_text("flask==3.1.4\n")
    install_with(monkeypatch, "echo ERROR: No space left on device; exit 1")
    with pytest.raises(dev.Problem, match="disk is full"):
        dev.set_up("core")
    lock.write_text(former)
    install_with(monkeypatch, f"touch {checkout}/installed")
    dev.set_up("core")
    assert (checkout / "installed").exists()


def test_the_next_installer_is_tried_when_one_fails(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_with(monkeypatch, "exit 1", f"touch {checkout}/installed")
    dev.set_up("core")
    assert (checkout / "installed").exists()


def test_progress_counts_packages(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install_with(monkeypatch, "for i in $(seq 20); do echo Collecting a; done; echo Installing collected packages: a")
    dev.set_up("core")
    shown = capsys.readouterr().out
    assert "20 of about 2 packages" in shown
    assert "unpacking" in shown


def test_a_venv_made_here_is_sound(checkout: Path) -> None:
    assert dev.venv_is_sound()


def test_a_venv_of_a_moved_checkout_is_not_sound(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = checkout / "moved"
    (checkout / ".venv").rename(moved)
    monkeypatch.setattr(dev, "VENV", moved)
    monkeypatch.setattr(dev, "PYTHON", moved / "bin" / "python")
    assert not dev.venv_is_sound()


def test_a_venv_of_an_upgraded_python_is_not_sound(checkout: Path) -> None:
    dev.PYTHON.unlink()
    dev.PYTHON.symlink_to(make_program(checkout / "python3.99"))
    assert not dev.venv_is_sound()


def test_a_venv_of_a_removed_python_is_not_sound(checkout: Path) -> None:
    real_python = Path(sys.executable).resolve()
    removed = checkout / "removed"
    dev.PYTHON.unlink()
    dev.PYTHON.symlink_to(removed)
    settings = checkout / ".venv" / "pyvenv.cfg"
    settings.write_text(settings.read_text().replace(f"executable = {real_python}", f"executable = {removed}"))
    assert not dev.venv_is_sound()


def test_an_environment_that_is_linked_to_stays_as_it_is(checkout: Path, tmp_path: Path) -> None:
    others = tmp_path / "elsewhere"
    (checkout / ".venv").rename(others)
    (checkout / ".venv").symlink_to(others)
    before = sorted(others.rglob("*"))
    dev.make_venv()
    assert sorted(others.rglob("*")) == before
    assert not dev.VENV.is_symlink()
    assert dev.venv_is_sound()


def test_no_venv_is_not_sound(checkout: Path) -> None:
    (checkout / ".venv" / "pyvenv.cfg").unlink()
    assert not dev.venv_is_sound()


def test_pip_settings_that_install_elsewhere_are_dropped() -> None:
    environ = {"PIP_TARGET": "/x", "PIP_CONSTRAINT": "c", "PIP_USER": "1", "PIP_FIND_LINKS": "/wheels", "HOME": "/home"}
    assert dev.installer_environment(environ) == {"PIP_USER": "0", "PIP_FIND_LINKS": "/wheels", "HOME": "/home"}


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: [Errno 28] No space left on device", "disk is full"),
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution\nNo matching distribution", "network"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "clock"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "refused"),
        ("ERROR: No matching distribution found for nh3==0.3.8", "3.11 to 3.14"),
        ("/usr/bin/python3: No module named venv", "python3-venv"),
        ("[Errno 13] Permission denied: '/srv/organizer/.venv'", "chown"),
        ("Segmentation fault\n", r"\(Segmentation fault\)"),
        ("", "without a word"),
    ],
)
def test_a_failed_set_up_is_told_in_one_sentence(output: str, sentence: str) -> None:
    told = dev.explain(output)
    assert re.search(sentence, told)
    assert told.endswith("then run this again.")
    assert "\n" not in told


def test_an_old_python_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["run"], version=(3, 10)) == 1
    assert capsys.readouterr().err == "Organizer needs Python 3.11 or newer and this is 3.10: use a newer one.\n"


def test_a_missing_lock_is_told_without_a_traceback(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["lint"]) == 1
    assert "dev.txt" in capsys.readouterr().err


def test_a_taken_port_is_refused_with_the_next_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(dev.Problem, match=rf"Port {port} is taken: .*--port {port + 1}\)"):
            dev.refuse_taken_port("127.0.0.1", port)
    dev.refuse_taken_port("127.0.0.1", port)


def test_a_foreign_address_is_refused() -> None:
    with pytest.raises(dev.Problem, match=r"192\.0\.2\.1 is not an address of this machine"):
        dev.refuse_taken_port("192.0.2.1", 5000)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_that_cannot_be_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        dev.main(["run", f"--port={port}"])
    assert "is not a number from 1 to 65535" in capsys.readouterr().err


def test_the_named_chromium_comes_before_an_installed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = make_program(tmp_path / "mine")
    make_program(tmp_path / "chromium")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert dev.find_chromium({"CHROMIUM": named}) == named


def test_an_installed_chromium_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = make_program(tmp_path / "chromium-browser")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dev, "CHROMIUMS", ("chromium", "chromium-browser"))
    assert dev.find_chromium({}) == installed


def test_no_chromium_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dev, "CHROMIUMS", ("chromium",))
    assert dev.find_chromium({}) is None


def test_a_named_chromium_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(dev.Problem, match="is not a program"):
        dev.find_chromium({"CHROMIUM": str(tmp_path / "missing")})


WORKERS = ["-n", "3", "--dist", "loadfile"]
APART = ["-n", "3", "--dist", "worksteal"]


@pytest.mark.parametrize(
    ("given", "database_url", "expected"),
    [
        ([], "", [*WORKERS, "-m", "not load"]),
        (["--load"], "", [*APART, "-m", "load"]),
        (["--soak"], "", WORKERS),
        (["--load"], "postgresql://127.0.0.1/test", [*APART, "-m", "load and not browser"]),
        (["tests/test_fuzz.py::test_x"], "", [*WORKERS, "tests/test_fuzz.py::test_x"]),
        (["-n4", "-k", "feed"], "", ["-m", "not load", "-n4", "-k", "feed"]),
        (["--no-header"], "", [*WORKERS, "-m", "not load", "--no-header"]),
        (["--pdb"], "", ["-m", "not load", "--pdb"]),
        ([], "sqlite:///x", [*WORKERS, "-m", "not load"]),
        (["-x"], "postgresql://127.0.0.1/test", [*WORKERS, "-m", "not load and not browser", "-x"]),
        (["-m", "load"], "postgresql://127.0.0.1/test", [*WORKERS, "-m", "load"]),
    ],
)
def test_pytest_gets_two_workers_no_browser_on_postgresql_and_loads_when_asked(
    given: list[str], database_url: str, expected: list[str]
) -> None:
    assert dev.pytest_arguments(given, database_url) == expected


def pins(name: str) -> set[str]:
    lock = Path(__file__).parents[1] / "requirements" / f"{name}.txt"
    return set(re.findall(r"^\S+==[^\\\n]*", lock.read_text(), re.MULTILINE))


def test_the_lock_of_dev_holds_that_of_core() -> None:
    assert pins("core") < pins("dev")


@pytest.mark.parametrize("name", ["core", "dev"])
def test_a_lock_names_a_hash_for_every_package_and_no_source(name: str) -> None:
    lock = (Path(__file__).parents[1] / "requirements" / f"{name}.txt").read_text()
    assert "://" not in lock
    assert "--index" not in lock
    packages = re.split(r"^(?=\S+==)", lock, flags=re.MULTILINE)[1:]
    assert [package for package in packages if "--hash=sha256:" not in package] == []
