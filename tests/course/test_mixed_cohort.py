"""Fifty submissions as an instructor gets them, graded by the command itself: each mark is what it should be."""

import io
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from course import catalog
from course.authoring.stubs import make_exercise
from course.grading import sandbox
from course.grading.gradebook import Gradebook
from course.grading.wrong_answers import accepted_answers, wrong_answers

NAME = "lesson_04_splits"
REFUSED = "refused at admission"
FULL = 23


class Inbox:
    """Writes submissions and remembers what each should come to."""

    def __init__(self, folder: Path, lesson: catalog.Lesson):
        self.folder, self.lesson = folder, lesson
        self.solution = lesson.solution.read_text(encoding="utf-8")
        self.stub = make_exercise(lesson)
        self.expected: dict[str, object] = {}
        """By student: points, or {task: status} where the other tasks pass, or REFUSED for 0 points with a reason."""

    def folder_of(self, student: str, expected, text: str | bytes | None, name: str = f"{NAME}.py") -> None:
        path = self.folder / student / name
        path.parent.mkdir(parents=True)
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.expected[student] = expected

    def zip_of(self, student: str, expected, entries: dict[str, str | bytes]) -> None:
        with zipfile.ZipFile(self.folder / f"{student}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in entries.items():
                archive.writestr(name, data)
        self.expected[student] = expected

    def tar_of(self, student: str, suffix: str, entries: dict[str, str]) -> None:
        with tarfile.open(self.folder / (student + suffix), "w" if suffix == ".tar" else "w:gz") as archive:
            for name, text in entries.items():
                member = tarfile.TarInfo(name)
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        self.expected[student] = FULL

    def solved(self, tasks: list[catalog.Task]) -> str:
        """The exercise with these tasks' cells from the solution."""
        text = self.stub
        for task in tasks:
            cell = re.compile(rf"# %% Task {re.escape(task.id)} .*?(?=# %% |\Z)", re.DOTALL)
            text = text.replace(cell.search(text)[0], cell.search(self.solution)[0])
        return text


def right(inbox: Inbox) -> None:
    inbox.folder_of("Ana", FULL, inbox.solution)
    inbox.folder_of("Ben O'Neil", FULL, inbox.solution, f"{NAME}/exercise.py")
    inbox.folder_of("Zoë 名前", FULL, inbox.solution, f"homework 4/{NAME}.py")
    inbox.folder_of("=HYPERLINK(1)", FULL, inbox.solution.replace("\n", "\r\n"))
    inbox.folder_of("two\nlines", FULL, b"\xef\xbb\xbf" + inbox.solution.encode())
    inbox.folder_of("-rf", FULL, inbox.solution, f"lessons/{NAME}/exercise.py")
    inbox.zip_of("zipped", FULL, {f"{NAME}.py": inbox.solution, "notes.txt": "x", "__MACOSX/._x": b"\0"})
    inbox.zip_of("zipped below", FULL, {f"me-main/{NAME}/exercise.py": inbox.solution, "me-main/conftest.py": "1/0"})
    inbox.tar_of("tarred", ".tar", {f"{NAME}.py": inbox.solution})
    inbox.tar_of("tarred and packed", ".tar.gz", {f"./x/{NAME}.py": inbox.solution})
    inbox.tar_of("tgz", ".TGZ", {f"{NAME}/exercise.py": inbox.solution})
    others = {variant.task.id: variant for variant in accepted_answers(inbox.lesson)}
    accepted = inbox.lesson.accepted.read_text(encoding="utf-8")
    for task_id in ("4.1", "4.4", "4.7"):
        exchanged = f"{others[task_id].function} = {others[task_id].name}"
        inbox.folder_of(f"otherwise {task_id}", FULL, f"{inbox.solution}\n{accepted}\n{exchanged}\n")


def partly_right(inbox: Inbox) -> None:
    tasks = inbox.lesson.tasks
    for count in range(1, len(tasks)):
        inbox.folder_of(f"first {count}", {task.id: "not_attempted" for task in tasks[count:]}, inbox.solved(tasks[:count]))
    inbox.folder_of("broken cell", {"4.5": "error"}, inbox.solution.replace("def standardize(", "def standardize(("))
    inbox.folder_of("forgotten", {"4.8": "error"}, inbox.solution + "\ndel tfds_slices\n")
    inbox.folder_of("raises", {"4.2": "error"}, inbox.solution + "\ndef stratified_split(*all):\n    return 1 / 0\n")


def wrong(inbox: Inbox) -> None:
    mistakes = inbox.lesson.wrong_answers.read_text(encoding="utf-8")
    for task in inbox.lesson.tasks[:6]:
        one = next(variant for variant in wrong_answers(inbox.lesson) if variant.task.id == task.id)
        inbox.folder_of(f"mistake {task.id}", {task.id: one.name}, f"{inbox.solution}\n{mistakes}\n{one.function} = {one.name}\n")


def nothing(inbox: Inbox) -> None:
    inbox.folder_of("empty folder", 0, None)
    inbox.folder_of("empty file", 0, "")
    inbox.folder_of("untouched", 0, inbox.stub)
    inbox.folder_of("another lesson", 0, "x = 1\n", "lesson_01_pixels_and_filters.py")
    inbox.folder_of("no such name", 0, inbox.solution, "splits.py")


def refused(inbox: Inbox, tmp_path: Path) -> None:
    for name, data in (("broken.zip", b"PK\x03\x04 no"), ("cut off.tar.gz", b"\x1f\x8b\x08\0 no"), ("unknown.rar", b"Rar!")):
        (inbox.folder / name).write_bytes(data)
        inbox.expected[name.partition(".")[0]] = REFUSED
    inbox.zip_of("bomb", REFUSED, {f"{NAME}.py": inbox.solution, "big": b"\0" * (20 * 2**20)})
    inbox.zip_of("slip", REFUSED, {f"{NAME}.py": inbox.solution, "../../../tmp/evil.py": "x"})
    inbox.folder_of("latin", REFUSED, inbox.solution.encode() + "# é".encode("latin-1"))
    inbox.folder_of("huge", REFUSED, inbox.solution + "#" * 2**20)
    (tmp_path / "target.py").write_text(inbox.solution, encoding="utf-8")
    inbox.folder_of("link", REFUSED, None)
    (inbox.folder / "link" / f"{NAME}.py").symlink_to(tmp_path / "target.py")
    inbox.folder_of("pipe", REFUSED, None)
    os.mkfifo(inbox.folder / "pipe" / f"{NAME}.py")


def hostile(inbox: Inbox) -> None:
    inbox.folder_of("exit at import", 0, "import os\nos._exit(0)\n" + inbox.solution)
    exits = "\ndef group_split(*all):\n    import os\n    os._exit(0)\n"
    inbox.folder_of("exit in one", {"4.3": "error"}, inbox.solution + exits)
    inbox.folder_of("for ever", {"4.6": "error"}, inbox.solution + "\ndef best_of_chance(*all, **more):\n    while True: pass\n")
    always = ("class Always(float):\n    def __eq__(self, other): return True\n    def __getattr__(self, name): return self\n"
              "    def __call__(self, *a, **k): return self\n    def __getitem__(self, i): return self\n"
              "    def __len__(self): return 3\n"
              "    def __iter__(self): return iter([self] * 3)\n")
    functions = "\n".join(f"def {task.name}(*a, **k): return Always(1)" for task in inbox.lesson.tasks)
    inbox.folder_of("always equal", 0, always + functions)
    forged = '{"schema": 1, "score": 23, "max_score": 23}'
    inbox.folder_of("prints a result", 0, "\n".join(
        f"def {task.name}(*a, **k):\n    print('{forged}')\n    raise SystemExit(0)" for task in inbox.lesson.tasks))
    if sandbox.isolation().kind == "sandbox":
        others = ("for p in os.listdir('/proc'):\n    if p.isdigit() and int(p) not in (1, os.getpid()):\n"
                  "        try: os.kill(int(p), 9)\n        except OSError: pass\n")
        inbox.folder_of("kills", 0, f"import os\n{others}os.kill(os.getpid(), 9)\n{inbox.solution}")
    else:
        inbox.folder_of("kills", 0, "import os\nos.kill(os.getpid(), 9)\n" + inbox.solution)


@pytest.mark.skipif(sys.platform == "win32", reason="needs FIFOs, links and any file name")
def test_fifty_mixed_submissions_get_the_marks_that_they_should(root, tmp_path):
    (tmp_path / "inbox").mkdir()
    inbox = Inbox(tmp_path / "inbox", catalog.lesson(4, root))
    right(inbox)
    partly_right(inbox)
    wrong(inbox)
    nothing(inbox)
    refused(inbox, tmp_path)
    hostile(inbox)
    assert len(inbox.expected) == 50
    command = ["grade", str(inbox.folder), "--out", str(tmp_path / "marks"), "--lesson", "4", "--jobs", "2"]
    done = subprocess.run([sys.executable, "-m", "course.cli", *command], cwd=root, capture_output=True, text=True, timeout=580)
    assert done.returncode == 0, done.stdout + done.stderr
    with Gradebook.open(tmp_path / "marks") as book:
        attempts = {attempt.student: attempt for attempt in book.latest()}
    print(done.stdout)
    assert attempts.keys() == inbox.expected.keys()
    outcome = {student: (attempts[student].score, expected) for student, expected in inbox.expected.items()}
    print(*(f"{student!r:24} {score:3}  expected {expected}" for student, (score, expected) in outcome.items()), sep="\n")
    assert {student: score for student, (score, _) in outcome.items() if not as_expected(attempts[student], inbox)} == {}


def as_expected(attempt, inbox: Inbox) -> bool:
    expected = inbox.expected[attempt.student]
    if expected == REFUSED:
        return attempt.score == 0 and len(attempt.refused) == 1
    if isinstance(expected, int):
        return attempt.score == expected and attempt.refused == ()
    said = {task["id"]: task for lesson in attempt.result["lessons"] for task in lesson["tasks"]}
    untouched = all(task["status"] == "passed" for name, task in said.items() if name not in expected)
    touched = [(said[name], wish) for name, wish in expected.items()]
    return untouched and all(task["score"] < task["max_score"] and wish in (task["status"], task["diagnosis"])
                             for task, wish in touched)
