"""`course watch` in a terminal: what it shows, what the keys do, and how it leaves."""

import os
import re
import signal
import struct
import subprocess
import sys
import time

import pytest

from course.learning.rechecker import LessonState, TaskState
from course.learning.watch import Hint, Screen

pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")

LONG = "to_grayscale(…)\ncame back  " + "a very long answer " * 20 + "\n" + "\n".join(f"line {n}" for n in range(40))
SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def wide(line: str) -> int:
    return len(SEQUENCE.sub("", line))


@pytest.mark.parametrize("view", ["task", "hint", "list", "help"])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 12), (20, 8), (200, 60)])
@pytest.mark.parametrize("colours", [None, "truecolor"])
@pytest.mark.parametrize("what", ["fresh", "failed", "passed", "problem"])
def test_a_frame_fills_the_window_and_never_more(lesson_1, view, width, height, colours, what):
    tasks = [TaskState(task, line=3) for task in lesson_1.tasks]
    if what == "failed":
        tasks[0] = TaskState(lesson_1.tasks[0], "failed", 1, LONG)
    if what == "passed":
        tasks = [TaskState(task, "passed", task.points) for task in lesson_1.tasks]
    state = LessonState(lesson_1, tuple(tasks), problem="exercise.py, line 3: never closed\n    f((" if what == "problem" else "")
    screen = Screen(lesson_1, {"1.1": [Hint("A question", "Why `so`?\n\n```python\nx = 1\n```")] * 3}, colours, view, "1.1",
                    passed_now=["1.1", "1.2"] if what == "passed" else [])
    lines = screen.frame(state, {"1.1": 2}, width, height)
    assert len(lines) == height and max(map(wide, lines)) <= width
    screen.scroll = 10_000
    assert len(screen.frame(state, {"1.1": 2}, width, height)) == height
    assert colours or not any("\x1b" in line for line in lines)


def test_signs_tell_without_colours(lesson_1):
    tasks = [TaskState(task, status) for task, status in zip(lesson_1.tasks, ["passed", "failed", "error", "not_attempted"])]
    strip = Screen(lesson_1, {}, None, focus="1.2").frame(LessonState(lesson_1, tuple(tasks)), {}, 80, 24)[1]
    assert strip.split() == ["✓1.1", "✗1.2", "!1.3", "·1.4"]


class Window:
    """A terminal with a program in it: what it would show, by a very small terminal emulation."""

    def __init__(self, process_arguments, cwd, columns: int, rows: int):
        import fcntl
        import termios

        self.ours, theirs = pty.openpty()
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(theirs)
        self.process = subprocess.Popen(process_arguments, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                                        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "", "LINES": ""})
        self.theirs, self.raw = theirs, ""
        os.set_blocking(self.ours, False)

    def read(self) -> str:
        try:
            while data := os.read(self.ours, 65536):
                self.raw += data.decode(errors="replace")
        except (BlockingIOError, OSError):
            pass
        return self.raw

    @property
    def text(self) -> str:
        """The newest frame."""
        return SEQUENCE.sub("", self.read().rpartition("\x1b[H")[2])

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        import fcntl
        import termios

        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def settings(self) -> list:
        import termios

        return termios.tcgetattr(self.theirs)


@pytest.fixture
def window(pupil, wait_until):
    opened = []

    def open_window(columns=80, rows=24) -> Window:
        opened.append(Window([sys.executable, "-m", "course.cli", "watch", "1"], pupil.root, columns, rows))
        wait_until(lambda: "waiting for a save" in opened[-1].text, what="the first check")
        return opened[-1]

    yield open_window
    for one in opened:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait()
        os.close(one.ours)
        os.close(one.theirs)


def test_from_a_save_to_the_next_task_with_hints_on_the_way(pupil, window, wait_until, family):
    seen = window()
    assert "1.1 From colour to grey" in seen.text and "exercise.py:" in seen.text
    pupil.save(pupil.changed('    raise NotImplementedError("Task 1.1: From colour to grey")', "    return image @ LUMINANCE"))
    wait_until(lambda: "The values still run from 0 to 255" in seen.text.replace("\r\n", " "), what="the message")
    assert "Press h." in seen.text
    seen.press("h")
    wait_until(lambda: "Hint 1 of 3" in seen.text, what="the first hint")
    assert "Hint 2" not in seen.text
    seen.press("x")
    wait_until(lambda: "Hint" not in seen.text, what="the way back")
    seen.press("h")
    wait_until(lambda: "Hint 1 of 3" in seen.text, what="the first hint again")
    assert "Hint 2" not in seen.text, "never more than asked"
    seen.press("h")
    wait_until(lambda: "Hint 2 of 3" in seen.text, what="the second hint")
    pupil.save(pupil.solved("1.1"))
    wait_until(lambda: "✓ 1.1" in seen.text and "Next: 1.2" in seen.text, what="success")
    seen.press("l")
    wait_until(lambda: "1.8 Let the filter be learned" in seen.text, what="the list")
    seen.press("ln")
    wait_until(lambda: "· 1.3 Move the window" in seen.text, what="the next open task")
    seen.resize(40, 12)
    wait_until(lambda: len(seen.text.split("\r\n")) == 12, what="the small window")
    family.remember(seen.process.pid)
    seen.press("q")
    assert seen.process.wait(20) == 0 and family.has_ended()
    assert seen.read().rstrip().endswith("\x1b[?25h\x1b[?1049l") and seen.settings() == seen.before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_leaves_the_terminal_as_it_was_and_no_process(window, family, number, code):
    seen = window()
    family.remember(seen.process.pid)
    seen.process.send_signal(number)
    assert seen.process.wait(20) == code and family.has_ended()
    assert "\x1b[?25h\x1b[?1049l" in seen.read() and seen.settings() == seen.before


def test_even_a_kill_leaves_no_process(window, family):
    seen = window()
    family.remember(seen.process.pid)
    seen.process.kill()
    seen.process.wait()
    assert family.has_ended()


def test_ctrl_z_gives_the_terminal_back_and_fg_takes_it_again(window, wait_until):
    seen = window()
    seen.process.send_signal(signal.SIGTSTP)
    wait_until(lambda: os.waitpid(seen.process.pid, os.WNOHANG | os.WUNTRACED)[1], what="the stop")
    assert seen.read().endswith("\x1b[?25h\x1b[?1049l") and seen.settings() == seen.before
    shown = len(seen.raw)
    seen.process.send_signal(signal.SIGCONT)
    wait_until(lambda: "Lesson 1" in seen.read()[shown:], what="the screen")
    seen.press("q")
    assert seen.process.wait(20) == 0


def test_the_debugger_works_in_a_terminal_and_shows_the_lines(pupil, wait_until):
    pupil.save(pupil.solved("1.2").replace("    return float(np.sum(patch", "    print('here', patch.shape)\n    breakpoint()\n    return float(np.sum(patch"))
    seen = Window([sys.executable, "-m", "course.cli", "check", "1.2", "--debug"], pupil.root, 200, 40)
    wait_until(lambda: "(Pdb)" in seen.read(), what="the debugger")
    assert "here (2, 2)" in seen.raw and "-> return float(np.sum(patch * kernel))" in seen.raw
    seen.press("p kernel.shape\n")
    wait_until(lambda: "\n(2, 2)" in seen.read(), what="its answer")
    for _ in range(5):
        asked = seen.raw.count("(Pdb)")
        seen.press("c\n")
        wait_until(lambda: seen.read().count("(Pdb)") > asked or seen.process.poll() is not None, what="going on")
    assert seen.process.wait(20) == 0 and "2/2" in seen.read()
    os.close(seen.ours)
    os.close(seen.theirs)


def test_nothing_is_written_while_nothing_happens(window):
    seen = window()
    seen.read()
    time.sleep(0.3)
    before = len(seen.read())
    time.sleep(1.0)
    assert len(seen.read()) == before


def test_without_a_terminal_it_writes_lines(pupil, wait_until, tmp_path):
    log = tmp_path / "log"
    with open(log, "w") as file:
        process = pupil.start("watch", "1", stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)
    wait_until(lambda: "next: 1.1" in log.read_text(), what="the first check")
    pupil.save(pupil.solved("1.1").replace("def filter_response(", "def filter_response(("))
    wait_until(lambda: "exercise.py, line" in log.read_text(), what="the syntax error")
    pupil.save(pupil.changed("def filter_response((", "def filter_response("))
    wait_until(lambda: "✓ 1.1" in log.read_text(), what="the verdict")
    process.terminate()
    process.wait(20)
    assert "\x1b" not in log.read_text()
