"""The same unit of work on a Dask cluster: a scheduler and two workers, each a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from course import catalog
from course.grading import cohort, slots, unit
from course.grading.cohort import CohortRun
from course.grading.gradebook import Gradebook, verdict_bytes
from course.grading.submission import CannotGrade

distributed = pytest.importorskip("distributed", reason="--scheduler needs Dask: pip install -c constraints.txt -e '.[cluster]'")

RIGHT = "def double(x):\n    return x + x\ndef total(values):\n    return float(sum(values))\n"
HALF = "def double(x):\n    return x + x\ndef total(values):\n    return 0.0\n"
SLOW = "import time\n" + RIGHT.replace("return x + x", "time.sleep(0.2); return x + x")
FILE = "lesson_01_tiny.py"


class Watcher:
    """Remembers who was graded, and calls back."""

    def __init__(self, on_graded=lambda: None):
        self.names, self.on_graded = [], on_graded

    def begin(self, total): pass
    def unchanged(self, admitted): pass
    def tick(self): pass

    def graded(self, attempt):
        self.names.append(attempt.student)
        self.on_graded()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Cluster:
    """A scheduler and workers as the dask command starts them."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        self.environment = os.environ | {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s"}
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self.scheduler = self._run("distributed.cli.dask_scheduler", "--host", self.address, "--no-dashboard",
                                   "--dashboard-address", ":0")
        self.workers = [self._run("distributed.cli.dask_worker", self.address, "--no-nanny", "--nthreads", "1", "--no-dashboard",
                                  "--memory-limit", "0", "--local-directory", str(folder / f"worker {number}"))
                        for number in (1, 2)]
        with distributed.Client(self.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)

    def _run(self, module: str, *arguments: str) -> subprocess.Popen:
        with open(self.folder / f"{module}.log", "ab") as log:
            process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=self.folder, env=self.environment,
                                       stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tiny_course):
    one = Cluster(tiny_course)
    yield one
    one.stop()


@pytest.fixture
def inbox(tiny_course):
    folder = tiny_course / "inbox"
    for number in range(10):
        (folder / f"s{number}").mkdir(parents=True)
        (folder / f"s{number}" / FILE).write_text([SLOW, HALF][number % 2] + f"# {number}\n")
    (folder / "broken.zip").write_bytes(b"PK nothing")
    return folder


def run(tiny_course, inbox, out: str, watcher, **options):
    lesson = catalog.read_lesson(tiny_course / "solutions" / FILE)
    summary = CohortRun([lesson], inbox, tiny_course / out, seed=4, **options).grade(watcher)
    with Gradebook.open(tiny_course / out) as book:
        attempts = book.connection.execute("SELECT student, count(*) FROM attempts GROUP BY student ORDER BY student").fetchall()
        return summary, {attempt.student: verdict_bytes(attempt.result, None) for attempt in book.latest()}, attempts


def test_a_worker_that_is_killed_in_the_middle_costs_no_result_and_doubles_none(tiny_course, inbox, cluster):
    killed = []

    def kill_one_worker():
        if not killed and len(watcher.names) == 3:
            cluster.workers[0].send_signal(signal.SIGKILL)
            killed.append(cluster.workers[0].wait())

    watcher = Watcher(kill_one_worker)
    summary, verdicts, attempts = run(tiny_course, inbox, "cluster", watcher, scheduler=cluster.address)
    assert killed == [-signal.SIGKILL]
    assert summary.graded == 11 and summary.not_graded == []
    assert sorted(watcher.names) == sorted(verdicts) and {number for _, number in attempts} == {1}
    try:
        _, here, _ = run(tiny_course, inbox, "here", Watcher(), jobs=2)
    finally:
        slots.stop_slots()
    assert verdicts == here, "the cluster says what this machine says"
    watcher.names.clear()
    assert run(tiny_course, inbox, "cluster", watcher, scheduler=cluster.address)[0].unchanged == 11 and watcher.names == []


def test_a_scheduler_that_goes_away_stops_the_run_in_one_line_and_the_rest_is_graded_later(tiny_course, inbox, cluster):
    def end_it():
        if len(watcher.names) == 2:
            cluster.stop()

    watcher = Watcher(end_it)
    with pytest.raises(CannotGrade, match="is gone; what is graded is kept"):
        run(tiny_course, inbox, "marks", watcher, scheduler=cluster.address)
    kept = len(watcher.names)
    try:
        summary, verdicts, _ = run(tiny_course, inbox, "marks", Watcher(), jobs=2)
    finally:
        slots.stop_slots()
    assert (summary.graded, summary.unchanged, len(verdicts)) == (11 - kept, kept, 11)


def test_no_scheduler_is_said_in_one_line(tiny_course, inbox, monkeypatch):
    monkeypatch.setattr(cohort, "CONNECT_SECONDS", 1)
    with pytest.raises(CannotGrade, match="no Dask scheduler answers at tcp://127.0.0.1:"):
        run(tiny_course, inbox, "marks", Watcher(), scheduler=f"tcp://127.0.0.1:{free_port()}")


def test_a_unit_of_work_is_bytes_and_json_on_both_sides(tiny_course):
    lesson = catalog.read_lesson(tiny_course / "solutions" / FILE)
    tests = unit.Tests([lesson], {})
    content = {"files": {lesson.name: {"file": FILE, "text": HALF}}, "reasons": {}}
    request = unit.request(tests, tests.hash, "ana", content, 3, require_sandbox=False)
    try:
        reply = slots.grade_bytes(request)
    finally:
        slots.stop_slots()
    assert type(request) is type(reply) is bytes
    assert unit.Reply.of(reply).result["score"] == 2


@pytest.mark.parametrize(("field", "value", "said"), [
    ("environment_hash", "another", "install the same versions"),
    ("tests", "another", "are others than those where the cohort was started")])
def test_a_machine_that_would_judge_otherwise_does_not_judge(tiny_course, field, value, said):
    import json

    lesson = catalog.read_lesson(tiny_course / "solutions" / FILE)
    tests = unit.Tests([lesson], {})
    request = json.loads(unit.request(tests, tests.hash, "ana", {"files": {}, "reasons": {}}, 3, require_sandbox=False))
    if field == "tests":
        request["tests"]["hash"] = value
    else:
        request[field] = value
    begun = time.monotonic()
    try:
        reply = unit.Reply.of(slots.grade_bytes(json.dumps(request).encode()))
    finally:
        slots.stop_slots()
    assert said in reply.impossible and reply.result is None and time.monotonic() - begun < 30
