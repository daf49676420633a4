"""Ctrl-C and terminals: real signals, a real pseudo-terminal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from command_line import (
    ESCAPE,
    HARD,
    PROGRAM,
    environment,
    everything_in,
    hard_region,
    result_of,
)

from builders import write_region
from coverage_opt.plan.store import load_plan

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX signals and terminals")

WITH_A_SOLVE_THAT_WAITS = """
import sys, time
import coverage_opt.planning as planning

def wait(*arguments, **options):
    print("solving", file=sys.stderr, flush=True)
    try:
        time.sleep(600)
    except KeyboardInterrupt:
        if {told}:
            raise planning.NoPlan("nothing found", interrupted=True) from None
        raise

planning.solve = wait
from coverage_opt.cli import main
main()
"""


def interrupted_when(
    expected: str, folder: Path, *command: str
) -> subprocess.CompletedProcess[str]:
    """Run a command and press Ctrl-C at the first line on standard error that holds a text."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    guard = threading.Timer(240, process.kill)
    guard.start()
    said = ""
    try:
        for line in process.stderr:
            said += line
            if expected in line:
                process.send_signal(signal.SIGINT)
                break
        stdout, rest = process.communicate()
    finally:
        guard.cancel()
        process.kill()
        process.wait()
    return subprocess.CompletedProcess(command, process.returncode, stdout, said + rest)


def test_ctrl_c_keeps_the_plan_and_saves_it(tmp_path: Path) -> None:
    hard_region(tmp_path / "hard")
    arguments = ("solve", "hard", *HARD, "--time-limit", "none", "--json", "--out", "run")
    finished = interrupted_when(" plan ", tmp_path, *PROGRAM, *arguments)
    assert finished.returncode == 0, finished.stderr
    result = result_of(finished)
    assert result["status"] == "feasible"
    assert result["interrupted"] is True
    assert "You stopped the search" in finished.stderr
    plan = load_plan(tmp_path / "run")
    assert plan.run["interrupted"] is True
    assert plan.run["time_limit_seconds"] is None
    assert plan.indicators == result["indicators"]
    assert not list((tmp_path / "run").parent.glob(".*"))


@pytest.mark.parametrize("told", [True, False])
def test_ctrl_c_without_a_plan_ends_with_130(tmp_path: Path, told: bool) -> None:
    write_region(tmp_path / "tiny")
    before = everything_in(tmp_path)
    program = (sys.executable, "-c", WITH_A_SOLVE_THAT_WAITS.format(told=told))
    arguments = ("solve", "tiny", "--policy", "modular", "--json")
    finished = interrupted_when("solving", tmp_path, *program, *arguments)
    assert finished.returncode == 130
    assert result_of(finished)["interrupted"] is True
    assert "Traceback" not in finished.stderr
    assert everything_in(tmp_path) == before


def on_a_terminal(folder: Path, *arguments: str, **extra: str) -> tuple[int, str]:
    """Run the program with a terminal of 80 columns; return its exit code and all it showed."""
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        env=environment(TERM="xterm-256color", **extra),
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    shown = b""
    guard = threading.Timer(240, process.kill)
    guard.start()
    try:
        while True:
            try:
                block = os.read(leader, 65536)
            except OSError:
                break  # the other side is closed
            if not block:
                break
            shown += block
    finally:
        guard.cancel()
        os.close(leader)
    return process.wait(), shown.decode()


def test_a_terminal_gets_a_live_line_and_a_report(tmp_path: Path) -> None:
    write_region(tmp_path / "tiny")
    code, shown = on_a_terminal(tmp_path, "solve", "tiny", "--policy", "modular")
    assert code == 0
    assert ESCAPE in shown
    assert "Pursuing saved_hours" in shown
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert max(len(line) for line in re.split(r"[\r\n]+", plain)) <= 80
    assert "Saved in runs/tiny-modular-2026" in plain


def test_no_color_is_respected(tmp_path: Path) -> None:
    write_region(tmp_path / "tiny")
    _, shown = on_a_terminal(tmp_path, "solve", "tiny", "--policy", "modular", NO_COLOR="1")
    styles = {code for codes in re.findall(r"\x1b\[([0-9;]*)m", shown) for code in codes.split(";")}
    colours = {str(code) for code in (*range(30, 50), *range(90, 108))}
    assert not styles & colours
