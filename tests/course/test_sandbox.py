"""What the walls let through, what is said where there are none, and what a forged reply may say."""

import ast
import json
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course import catalog
from course.grading import system_calls, worker_process
from course.grading.replies import Nonsense, checked
from course.grading.submission import Submission, Unreadable

ALLOWED, EPERM, ENOSYS, EAFNOSUPPORT, KILLED = system_calls.ALLOW, 0x50001, 0x50026, 0x50061, system_calls.KILL


def verdict(machine: str, number: int, argument: int = 0, architecture: int | None = None) -> int:
    """What the kernel would do: the filter, run instruction by instruction."""
    code = system_calls.program(machine)
    data = struct.pack("=IIQ6Q", number, architecture or system_calls.MACHINES[machine][1], 0, argument, 0, 0, 0, 0, 0)
    position, value = 0, 0
    while True:
        kind, if_true, if_false, constant = struct.unpack_from("=HBBI", code, 8 * position)
        position += 1
        if kind == system_calls.RETURN:
            return constant
        if kind == system_calls.LOAD:
            (value,) = struct.unpack_from("=I", data, constant)
            continue
        true = {system_calls.JUMP_EQUAL: value == constant, system_calls.JUMP_AT_LEAST: value >= constant,
                system_calls.JUMP_ANY_BIT: bool(value & constant)}[kind]
        position += if_true if true else if_false


@pytest.mark.parametrize("machine, number, argument, expected", [
    ("x86_64", 0, 0, ALLOWED), ("x86_64", 257, 0, ALLOWED), ("x86_64", 59, 0, ALLOWED),
    ("x86_64", 101, 0, EPERM), ("x86_64", 425, 0, EPERM), ("x86_64", 250, 0, EPERM), ("x86_64", 319, 0, ENOSYS), ("x86_64", 435, 0, ENOSYS),
    ("x86_64", 0x40000000, 0, ENOSYS), ("x86_64", 0x40000000 + 101, 0, ENOSYS),
    ("x86_64", 56, 0x3D0F00, ALLOWED), ("x86_64", 56, 0x11, ALLOWED), ("x86_64", 56, 0x10000011, EPERM), ("x86_64", 56, 0x40000011, EPERM),
    ("x86_64", 41, 1, ALLOWED), ("x86_64", 41, 2, ALLOWED), ("x86_64", 41, 10, ALLOWED), ("x86_64", 41, 40, EAFNOSUPPORT), ("x86_64", 53, 16, EAFNOSUPPORT),
    ("x86_64", 203, 0, ALLOWED), ("x86_64", 203, 1, EPERM), ("x86_64", 141, 0, EPERM), ("aarch64", 122, 1, EPERM),
    ("x86_64", 302, 0, ALLOWED), ("x86_64", 302, 7, EPERM),
    ("aarch64", 63, 0, ALLOWED), ("aarch64", 117, 0, EPERM), ("aarch64", 101, 0, ALLOWED), ("aarch64", 425, 0, EPERM), ("aarch64", 279, 0, ENOSYS),
    ("aarch64", 220, 0x11, ALLOWED), ("aarch64", 220, 0x20000011, EPERM), ("aarch64", 198, 40, EAFNOSUPPORT), ("aarch64", 261, 7, EPERM),
])
def test_the_filter_lets_ordinary_calls_pass_and_refuses_the_others(machine, number, argument, expected):
    assert verdict(machine, number, argument) == expected


@pytest.mark.parametrize("machine, other", [("x86_64", 0x40000003), ("x86_64", 0xC00000B7), ("aarch64", 0x40000028)])
def test_calls_of_another_processor_end_the_process(machine, other):
    assert verdict(machine, 0, architecture=other) == KILLED


@pytest.mark.parametrize("reply", [
    None, [], {}, {"status": 1}, {"status": "passed"}, {"status": "ok"}, {"status": "ok", "value": 1, "printed": 5},
    {"status": "ok", "value": 1, "seconds": float("nan")}, {"status": "ok", "value": 1, "seconds": -1.0},
    {"status": "ok", "value": 1, "printed_count": 2**70}, {"status": "ok", "value": 1, "changed": 3}, {"status": "ok", "value": 1, "changed": [{}]},
    {"status": "ok", "value": 1, "problems": [3]}, {"status": "ok", "value": 1, "problems": [{"line": "x"}]},
    {"status": "raised"}, {"status": "raised", "error": {"types": []}}, {"status": "raised", "error": {"types": [1]}},
    {"status": "raised", "error": {"types": ["E"], "frames": [{"line": None, "file": 1}]}}, {"status": "missing"}, {"status": "too_large"},
])
def test_a_forged_reply_is_nonsense(reply):
    with pytest.raises(Nonsense):
        checked(reply)


def test_a_reply_keeps_what_its_status_has_and_no_more_than_fits():
    reply = checked({"status": "raised", "score": 24, "printed": "x" * 9999, "printed_count": 9999, "seconds": 0.5,
                     "error": {"types": ["E" * 999] * 99, "message": "m" * 9999, "frames": [{"line": 1, "code": "c" * 9999}] * 99}})
    assert set(reply) == {"status", "printed", "printed_count", "seconds", "error"}
    assert len(reply["printed"]) == 500 and len(reply["error"]["message"]) == 2000
    assert len(reply["error"]["types"]) == 20 and len(reply["error"]["frames"]) == 4


def run(root: Path, *arguments: str, path: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "course.cli", *arguments], cwd=root, env=os.environ | {"PATH": path},
                          capture_output=True, text=True, timeout=120)


@pytest.fixture
def program(tmp_path):
    """A folder for PATH with a `bwrap` that only says something and fails."""

    def make(said: str | None) -> str:
        folder = tmp_path / "programs"
        folder.mkdir()
        if said is not None:
            (folder / "bwrap").write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
            (folder / "bwrap").chmod(0o755)
        return str(folder)

    return make


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no bubblewrap on other systems than Linux")
@pytest.mark.parametrize("said, reason", [
    (None, "bubblewrap is not installed; on Debian and Ubuntu: apt install bubblewrap"),
    ("bwrap: Unknown option --size", "bubblewrap is too old (bwrap: Unknown option --size); 0.7 or newer is needed"),
    ("bwrap: No permissions to create new namespace", "bubblewrap is not allowed to do its work here (bwrap: No permissions to create"),
])
def test_where_there_is_no_sandbox_doctor_and_results_say_so_and_why(root, program, tmp_path, said, reason):
    path = program(said)
    doctor = " ".join(run(root, "doctor", path=path).stdout.split())
    assert "process: fine for your own answers, not for strangers'" in doctor and reason in doctor
    if said is None:
        done = run(root, "check", "1.2", "--submission", "solutions", "--json", str(tmp_path / "result.json"), path=path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads((tmp_path / "result.json").read_text())["isolation"] == "process"
        assert "Graded without a sandbox: bubblewrap is not installed" in " ".join(done.stdout.split())


def make_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def make_device(path: Path) -> None:
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero: reading never ends
    except PermissionError:
        pytest.skip("only root may make devices")


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("make, reason", [
    (make_link, "is a link; only a regular file is graded"), (os.mkfifo, "is not a regular file"), (make_device, "is not a regular file"),
    (Path.mkdir, "is not a regular file"), (make_huge, "at most 1 MB is graded"),
    (lambda path: path.write_bytes(b"x = '\xff'"), "not UTF-8 text"), (lambda path: path.write_bytes(b"\0"), "a NUL byte"),
])
def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path, lesson_1, make, reason):
    """Attacks 28 and 29: nothing is followed, waited for or read whole."""
    make(tmp_path / f"{lesson_1.name}.py")
    found = Submission.at(tmp_path).source(lesson_1)
    assert isinstance(found, Unreadable) and reason in found.reason


@pytest.mark.skipif(worker_process.fcntl is None, reason="Windows has no locks on folders")
def test_the_folder_of_a_grader_that_was_killed_is_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    long_ago = time.time() - 2 * worker_process.STALE_SECONDS
    stale, foreign = tmp_path / "course-worker-stale", tmp_path / "something-else"
    for folder in (stale, foreign):
        folder.mkdir()
        (folder / "file").write_text("x")
        os.utime(folder, (long_ago, long_ago))
    used = worker_process.WorkingFolder()
    os.utime(used.path, (long_ago, long_ago))
    other = worker_process.WorkingFolder()
    assert not stale.exists() and foreign.exists() and Path(used.path).exists()
    used.remove()
    other.remove()
    assert os.listdir(tmp_path) == ["something-else"]


def test_behind_walls_no_folder_is_made_outside(tmp_path, monkeypatch, lesson_1):
    if worker_process.sandbox.isolation().kind != "sandbox":
        pytest.skip(f"no sandbox here: {worker_process.sandbox.isolation().reason}")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    worker = worker_process.WorkerProcess()
    assert worker.ask({"op": "inspect", "text": "x = 1"}, seconds=20)["value"] == []
    assert os.listdir(tmp_path) == []
    worker.stop()


GRADES_FOR_EVER = """
import sys
from pathlib import Path
from course import catalog
from course.grading import sandbox
from course.grading.answers import Answers
from course.grading.lesson_workers import LessonWorkers
from course.grading.submission import Source
from course.grading.worker_process import NurseryProcess

kind, made = sys.argv[1:]
if kind == "process":
    sandbox.isolation = lambda: sandbox.Isolation("process", "for the test")
assert sandbox.isolation().kind == kind
text = "def there(): return 1\\ndef wait(): sum(range(10**18))"  # one call that never gives other threads a turn
nursery = NurseryProcess(light=True) if made == "forked" else None
workers = LessonWorkers(catalog.lesson(1, Path.cwd()), [Source("exercise.py", text)], light_nursery=nursery and (lambda: nursery))
answers = Answers(workers, keras=False, seconds=60)
print(answers.there(), flush=True)
answers.wait()
"""


@pytest.mark.parametrize("made", ["started", "forked"])
@pytest.mark.parametrize("kind", ["sandbox", "process"])
def test_a_grader_that_is_killed_leaves_no_worker_behind(kind, made, root, family):
    if kind == "sandbox" and worker_process.sandbox.isolation().kind != "sandbox":
        pytest.skip(f"no sandbox here: {worker_process.sandbox.isolation().reason}")
    grader = subprocess.Popen([sys.executable, "-c", GRADES_FOR_EVER, kind, made], cwd=root, stdout=subprocess.PIPE, text=True)
    assert grader.stdout.readline() == "1\n"
    time.sleep(0.3)  # the answer is at it
    assert len(family.remember(grader.pid)) >= 2
    grader.kill()
    grader.wait()
    assert family.has_ended()


def test_no_task_can_be_passed_by_heart(root):
    """Attack 32: every task has a test that draws its inputs, and so have all tests that need no Keras."""
    fixed, drawing = [], set()
    for lesson in catalog.lessons(root):
        for node in ast.parse(lesson.grading_tests.read_text(encoding="utf-8")).body:
            if not (isinstance(node, ast.FunctionDef) and node.name.startswith("test_")):
                continue
            mark = next(one for one in node.decorator_list if isinstance(one, ast.Call) and one.func.id == "task")
            if "rng" in {one.arg for one in node.args.args}:
                drawing.add(mark.args[0].value)
            elif not any(one.arg == "keras" for one in mark.keywords):
                fixed.append(f"{lesson.number}: {node.name}")
        fixed += [f"task {task.id}" for task in lesson.tasks if task.id not in drawing]
    assert fixed == []
