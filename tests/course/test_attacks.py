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
OWN_CACHES = ".keras", ".cache", ".config"
"""What importing Keras makes in a home where it finds one."""
SECONDS, KERAS_SECONDS = 60, 240
"""What grading one attack and an honest submission may take, all time limits together; with Keras, two imports of it as well."""


README = ATTACKS / "README.md"
ABOVE_AND_BELOW = "<!-- the table: written by `python tests/course/test_attacks.py` -->\n"


@dataclass(frozen=True)
class Attack:
    """What the head of an attack's file says."""

    name: str
    tries: str
    loses: tuple[str, ...]
    says: str
    """What the message of a lost task has in it."""
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
    attack = Attack(path.stem, head[1], tuple(fields.pop("Loses").split(", ")), fields.pop("Says", ""),
                    fields.pop("Stopped by"), fields.pop("Process", ""), fields.pop("Keras", "") == "yes", int(fields.pop("Seed", 1)))
    assert not fields, f"{path.name}: unknown fields {list(fields)}"
    return attack


CORPUS = [read(path) for path in sorted(ATTACKS.glob("[0-9]*.py"))]


def table() -> str:
    """The corpus as README shows it."""
    rows = ["| attack | tries | stopped by | in the sandbox | as a process |", "| --- | --- | --- | --- | --- |"]
    for attack in CORPUS:
        number, _, name = attack.name.partition("_")
        kept = [task for task in attack.tasks if task not in attack.loses]
        result = f"0 for {', '.join(attack.loses)}" + (f"; {', '.join(kept)} keep their points" if kept else "")
        rows.append(f"| {number} {name.replace('_', ' ')} | {attack.tries} | {attack.stopped_by} | {result} | {attack.process or 'the same'} |")
    return "\n".join(rows) + "\n"


def test_the_readme_has_every_attack_as_it_is():
    assert README.read_text(encoding="utf-8").split(ABOVE_AND_BELOW)[1] == table(), "run: python tests/course/test_attacks.py"


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
        for name in (*(f"home/{name}" for name in OWN_CACHES), "temporary", "submissions/other_student"):
            (folder / name).mkdir(parents=True)
        (folder / "home" / ".token").write_text(SECRET)
        (folder / "submissions/other_student/lesson_01_pixels_and_filters.py").write_text(f"# {SECRET}\n")
        folder.chmod(0o755)
        environment = os.environ | {"HOME": str(folder / "home"), "TMPDIR": str(folder / "temporary"), "CANVAS_TOKEN": SECRET,
                                    "PATH": os.environ["PATH"] if kind == "sandbox" else str(folder / "no_programs"),
                                    "PYTHONDONTWRITEBYTECODE": "1"}  # the grader's own compiled files would look like an attack
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
            pytest.fail(f"the grader itself ended with code {self.process.wait()}:\n{self.errors.read()[-3000:]}")
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
    own = {"__pycache__", *OWN_CACHES}
    found = {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns, path.lstat().st_mode)
             for place in places for path in [place, *place.rglob("*")] if not own & set(path.parts)}
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
    assert time.monotonic() - started < (KERAS_SECONDS if attack.keras else SECONDS)

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
    assert any(attack.says in task["message"] for task in lesson["tasks"] if task["id"] in attack.loses), said[:4000]
    assert SECRET not in said and "LEAK" not in said, said[:4000]
    assert result["left"] == [] and result["left_by_honest"] in ([], False), "processes are left"
    assert result["reached"] == []
    assert outside(driver.folder) == before, "something outside was changed"
    honest = result["honest"]
    assert honest["score"] == honest["max_score"] > 0, "the next submission is not graded right"
    shutil.rmtree(driver.folder / "submissions" / attack.name)


if __name__ == "__main__":
    above, _, below = README.read_text(encoding="utf-8").split(ABOVE_AND_BELOW)
    README.write_text(f"{above}{ABOVE_AND_BELOW}{table()}{ABOVE_AND_BELOW}{below}", encoding="utf-8")
