"""Hostile submissions get exactly what their honest answers earn, and harm nothing.

Each file of `tests/attacks` is graded behind walls and, as far as something is promised there, as an
ordinary process; then an honest submission is graded by the same grader.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from course.grading.sandbox import isolation

ATTACKS = Path(__file__).resolve().parents[1] / "attacks"
POINTS = {"1.1": 2, "1.2": 2, "1.3": 4, "1.4": 2, "1.7": 3}
SECRET = "SECRET-5e1f"
SECONDS = 60
"""What grading one attack may take, all time limits together."""


@dataclass(frozen=True)
class Attack:
    """What the head of an attack's file says."""

    name: str
    tries: str
    loses: tuple[str, ...]
    stopped_by: str
    process: str
    """Why nothing is promised without walls; empty where it is."""
    keras: bool
    seed: int

    @property
    def tasks(self) -> list[str]:
        return ["1.2", "1.7"] if self.keras else ["1.1", "1.2", "1.3", "1.4"]


def read(path: Path) -> Attack:
    head = re.match(r'"""(.+?)\n\n(.+?)"""', path.read_text(encoding="utf-8"), re.DOTALL)
    fields = dict(line.split(": ", 1) for line in head[2].strip().splitlines())
    attack = Attack(path.stem, head[1], tuple(fields.pop("Loses").split(", ")), fields.pop("Stopped by"),
                    fields.pop("Process", ""), fields.pop("Keras", "") == "yes", int(fields.pop("Seed", 1)))
    assert not fields, f"{path.name}: unknown fields {list(fields)}"
    return attack


CORPUS = [read(path) for path in sorted(ATTACKS.glob("[0-9]*.py"))]


class Driver:
    """The grading process of one isolation, with a copy of the course and a secret in its reach."""

    def __init__(self, root: Path, folder: Path, kind: str):
        self.folder, self.kind = folder, kind
        for part in ("lessons", "solutions", "tests/lessons", "tests/wrong_answers", "tests/accepted"):
            shutil.copytree(root / part, folder / "course" / part, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("pyproject.toml", "constraints.txt"):
            shutil.copy(root / file, folder / "course" / file)
        for path in [*(folder / "course").glob("solutions/lesson_*.py"), *(folder / "course").glob("tests/lessons/test_*.py")]:
            path.write_text(f"{path.read_text(encoding='utf-8')}\n# {SECRET}\n", encoding="utf-8")
        for name in ("home", "temporary", "submissions/other_student"):
            (folder / name).mkdir(parents=True)
        (folder / "home" / ".token").write_text(SECRET)
        (folder / "submissions/other_student/lesson_01_pixels_and_filters.py").write_text(f"# {SECRET}\n")
        folder.chmod(0o755)
        environment = os.environ | {"HOME": str(folder / "home"), "TMPDIR": str(folder / "temporary"), "CANVAS_TOKEN": SECRET,
                                    "PATH": os.environ["PATH"] if kind == "sandbox" else str(folder / "no_programs")}
        self.errors = open(folder / "errors.txt", "w+")
        self.process = subprocess.Popen([sys.executable, str(ATTACKS / "driver.py"), str(folder), kind], env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)

    def grade(self, attack: Attack) -> dict:
        order = {"attack": attack.name, "tasks": attack.tasks, "keras": attack.keras, "seed": attack.seed}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            pytest.fail(f"the grader itself ended:\n{self.errors.read()[-3000:]}")
        return json.loads(line)

    def stop(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            self.errors.close()


@pytest.fixture(scope="module")
def drivers(root, tmp_path_factory):
    """One grader per isolation, started at its first use."""
    running: dict[str, Driver] = {}

    def driver(kind: str) -> Driver:
        if kind not in running or running[kind].process.poll() is not None:
            running[kind] = Driver(root, tmp_path_factory.mktemp(kind), kind)
        return running[kind]

    yield driver
    for one in running.values():
        one.stop()


def outside(folder: Path) -> dict[str, tuple]:
    """Everything that no attack may change, and the places where it might plant something."""
    places = [folder / "course", folder / "home"]
    found = {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns, path.lstat().st_mode)
             for place in places for path in [place, *place.rglob("*")] if "__pycache__" not in path.parts and ".keras" not in path.parts}
    for place in ("/tmp", "/var/tmp", "/dev/shm"):
        found |= {str(path): () for path in Path(place).glob("planted*")}
    return found


@pytest.mark.parametrize("kind", ["sandbox", "process"])
@pytest.mark.parametrize("attack", CORPUS, ids=lambda attack: attack.name)
def test_an_attack_gets_what_its_honest_answers_earn_and_harms_nothing(attack, kind, drivers):
    if kind == "sandbox" and isolation().kind != "sandbox":
        pytest.skip(f"no sandbox here: {isolation().reason}")
    if kind == "process" and attack.process:
        pytest.skip(f"as a process {attack.process}")
    driver = drivers(kind)
    before = outside(driver.folder)
    started = time.monotonic()
    result = driver.grade(attack)
    assert time.monotonic() - started < SECONDS

    (lesson,) = result["report"]["lessons"]
    assert [task["id"] for task in lesson["tasks"]] == attack.tasks, "every task has exactly one verdict"
    scores = {task["id"]: task["score"] for task in lesson["tasks"]}
    expected = {task: 0 if task in attack.loses else POINTS[task] for task in attack.tasks}
    assert scores == expected, json.dumps(lesson, indent=1)[:4000]
    assert result["report"]["isolation"] == kind
    assert result["report"]["score"] == sum(expected.values())
    for task in lesson["tasks"]:
        assert task["status"] == ("failed" if task["status"] == "failed" else "error" if task["id"] in attack.loses else "passed")
        assert len(task["message"]) < 10_000
        assert all(character.isprintable() or character in "\n\t" for character in task["message"])
    said = json.dumps(result["report"])
    assert SECRET not in said and "LEAK" not in said, said[:4000]
    assert result["left"] == [] and result["left_by_honest"] in ([], False), "processes are left"
    assert result["reached"] == []
    assert outside(driver.folder) == before, "something outside was changed"
    honest = result["honest"]
    assert honest["score"] == honest["max_score"] > 0, "the next submission is not graded right"
    shutil.rmtree(driver.folder / "submissions" / attack.name)
