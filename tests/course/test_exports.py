"""Exports: every format holds the right marks, and nothing of what strangers wrote acts in it."""

import csv
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from course import catalog
from course.grading.exports import canvas, classroom50, commands, feedback, gradescope
from course.grading.exports.graded import results
from course.grading.gradebook import Attempt, Cohort, Gradebook, HiddenTestFacts, LessonFacts, TaskFacts
from course.grading.submission import CannotGrade

ROOT = catalog.course_root()
EVIL = '=HYPERLINK("http://x","<script>alert(1)</script>")'
MESSAGE = 'expected <b>1</b> & "2"\n]]> \ufffe <img src=x onerror=alert(1)>'


def result(*scores: int, status: str = "failed") -> dict:
    tasks = [
        {"id": f"1.{number}", "name": f"task_{number}", "status": "passed" if score == 2 else status, "score": score, "max_score": 2,
         "message": "" if score == 2 else MESSAGE, "diagnosis": None if score == 2 else "task__mistake", "seconds": 0.25}
        for number, score in enumerate(scores, start=1)
    ]  # fmt: skip
    whole = {"name": "lesson_01_pixels_and_filters", "score": sum(scores), "max_score": 2 * len(scores), "tasks": tasks}
    return {"schema": 1, "submission": "x", "isolation": "sandbox", "score": sum(scores), "max_score": 2 * len(scores), "lessons": [whole]}


def attempt(student: str, graded: dict | None, *, problem: str = "", refused: tuple[str, ...] = (), hidden: dict | None = None) -> Attempt:
    shown = "".join(character if character.isprintable() else "\ufffd" for character in student)
    return Attempt(student, shown, f"hash of {student}", "tests", "environment", 7, "sandbox", graded, hidden, problem,
                   "2026-09-01T12:00:00+00:00", "2026-09-01T12:00:05+00:00", 5.0, refused, ())  # fmt: skip


HIDDEN = {"score": 1, "max_score": 3, "tests": [
    {"name": "test_secret", "task": "1.1", "status": "failed", "score": 1, "max_score": 3, "message": "the secret is 42", "seconds": 0.1}]}


@pytest.fixture
def grades(tmp_path) -> Path:
    """A gradebook of five students, some of them odd."""
    tasks = (TaskFacts("1.1", "task_1", "The first", 2), TaskFacts("1.2", "task_2", "The second", 2))
    lesson = LessonFacts(1, "lesson_01_pixels_and_filters", "Pixels and filters", 4, tasks)
    folder = tmp_path / "grades"
    with Gradebook.create_or_open(folder) as book:
        book.begin(Cohort((lesson,), {"task__mistake": "The <i>title</i> of the mistake."}, (HiddenTestFacts("test_secret", "1.1", 3),), "tests"), {})
        for each in (
            attempt("ana", result(2, 2), hidden=HIDDEN), attempt(EVIL, result(0, 2)), attempt("bo\nb,77", result(0, 0, status="not_attempted")),
            attempt("carl_LATE_4711_99_work", result(2, 0)), attempt("dora", None, problem="the grader stopped"),
            attempt("-eve", result(0, 0), refused=("nothing of it is graded: encrypted",)),
        ):  # fmt: skip
            book.keep(each, {"files": {}, "reasons": {}})
    return folder


def exported(form: str, source: Path | None, out: Path, **options) -> list[str]:
    return list(commands.export(form, source, out, ROOT, **options))


def test_the_table_holds_every_mark_and_no_formula(grades, tmp_path):
    exported("csv", grades, tmp_path / "grades.csv")
    rows = list(csv.DictReader((tmp_path / "grades.csv").open(encoding="utf-8", newline="")))
    assert {row["student"]: row["score"] for row in rows} == {
        "ana": "4", f"'{EVIL}": "2", "bo\ufffdb,77": "0", "carl_LATE_4711_99_work": "2", "dora": "0", "'-eve": "0"}
    assert rows[0]["lesson_01_pixels_and_filters"] == rows[0]["score"]
    assert {row["student"]: row["1.1"] for row in rows}["carl_LATE_4711_99_work"] == "2"
    assert {row["student"]: row["remarks"] for row in rows}["dora"] == "the grader stopped"
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_junit_is_well_formed_and_counts_right(grades, tmp_path):
    exported("junit", grades, tmp_path / "grades.xml")
    suites = {suite.get("name"): suite for suite in ElementTree.parse(tmp_path / "grades.xml").getroot()}
    assert len(suites) == 6
    assert (suites["ana"].get("tests"), suites["ana"].get("failures"), suites["ana"].get("errors")) == ("2", "0", "0")
    assert (suites[EVIL].get("failures"), suites["dora"].get("errors")) == ("1", "1")
    failure = suites[EVIL].find("testcase/failure")
    assert failure.text == MESSAGE.replace("\ufffe", "\ufffd") and failure.get("type") == "task__mistake"
    points = [prop.get("value") for prop in suites["carl_LATE_4711_99_work"].findall("testcase/properties/property[@name='score']")]
    assert points == ["2", "0"]


def test_feedback_is_escaped_private_and_without_scripts(grades, tmp_path):
    exported("html", grades, tmp_path / "pages")
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "pages" / "feedback").iterdir()}
    assert len(pages) == 6
    for page in [*pages.values(), (tmp_path / "pages" / "cohort.html").read_text(encoding="utf-8")]:
        soup = BeautifulSoup(page, "html.parser")
        assert soup.find_all(["script", "img", "b", "i", "iframe", "object"]) == []
        assert "default-src 'none'" in page
    ana = pages[feedback.file_name("ana")]
    assert "4 of 4 points" in ana and "secret" not in ana
    assert not [name for name in ("carl", "dora", "eve", "HYPERLINK") if name in ana]
    assert "expected &lt;b&gt;1&lt;/b&gt;" in pages[feedback.file_name(EVIL)]
    assert "the grader stopped" in pages[feedback.file_name("dora")]


def test_hidden_tests_are_shown_only_when_allowed(grades, tmp_path):
    exported("html", grades, tmp_path / "pages", show_hidden=True)
    assert "the secret is 42" in (tmp_path / "pages" / "feedback" / feedback.file_name("ana")).read_text(encoding="utf-8")


def test_the_cohorts_page_adds_up(grades, tmp_path):
    exported("html", grades, tmp_path / "pages")
    soup = BeautifulSoup((tmp_path / "pages" / "cohort.html").read_text(encoding="utf-8"), "html.parser")
    tables = [[[cell.get_text(" ", strip=True) for cell in row.find_all(["td"])] for row in table.find_all("tr")[1:]] for table in soup.find_all("table")]
    distribution, tasks, mistakes, students = tables
    assert {row[0]: int(row[1]) for row in distribution if row[1] != "0"} == {"0 to 9 %": 2, "50 to 59 %": 2, "90 to 100 %": 1}
    assert tasks[0] == ["1.1 The first", "0.8 of 2", "40 %", "40 %", "0 %", "20 %"]
    assert mistakes == [["The <i>title</i> of the mistake. task__mistake", "4"]]
    assert len(students) == 5 and "encrypted" in soup.get_text() and "the grader stopped" in soup.get_text()


def test_names_of_pages_are_safe_and_never_the_same():
    names = ["a/../b", "a\0b", "ä", "ö", "x" * 300, "X" * 300, "con", "", "\udcff"]
    files = [feedback.file_name(name) for name in names]
    assert len(set(files)) == len(names)
    assert all(len(file) < 70 and set(file) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.") and ".." not in file for file in files)


CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Lesson 1 (801),Essay (802),Current Score
,,,,,Manual Posting,,
    Points Possible,,,,,10,5,(read only)
"Ana, A.",1,s1,ana,Sec 1,,3,50
"Carl, C.",4711,s2,carl,Sec 1,1,,20
"Eve, E.",3,s3,-eve,Sec 1,7.5,,0
"Zoe, Z.",9,s9,zoe,Sec 1,6,,0
"""


def canvas_file(tmp_path, text: str = CANVAS) -> Path:
    path = tmp_path / "canvas.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_canvas_gets_one_column_and_keeps_what_nobody_handed_in(grades, tmp_path):
    said = exported("canvas", grades, tmp_path / "out.csv", into=canvas_file(tmp_path), assignment="Lesson 1")
    rows = list(csv.reader((tmp_path / "out.csv").open(encoding="utf-8", newline="")))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lesson 1 (801)"]
    assert rows[2][0].strip() == "Points Possible" and rows[2][-1] == "10"
    assert {row[0]: row[-1] for row in rows[3:]} == {"Ana, A.": "10", "Carl, C.": "5", "Eve, E.": "0", "Zoe, Z.": "6"}
    assert said[1] == "Points were scaled: 4 here are 10 in Canvas."
    assert any("dora: could not be graded" in line for line in said) and any("HYPERLINK" in line and "nobody" in line for line in said)


@pytest.mark.parametrize(("change", "assignment", "said"), [
    (lambda text: text, None, "several assignments; name one with --assignment: Lesson 1 (801); Essay (802)"),
    (lambda text: text, "Lesson 9", "has no assignment 'Lesson 9'; it has: Lesson 1 (801); Essay (802)"),
    (lambda text: text.replace("Points Possible", "x"), "Essay", "has no row 'Points Possible'"),
    (lambda text: text.replace(",10,5,", ",,5,"), "Lesson 1", "has no points possible; give the assignment its points"),
    (lambda text: "name,score\na,1\n", None, "is not a gradebook that Canvas exported"),
])  # fmt: skip
def test_a_table_that_cannot_be_filled_is_refused_in_one_line(grades, tmp_path, change, assignment, said):
    with pytest.raises(CannotGrade) as refusal:
        exported("canvas", grades, tmp_path / "out.csv", into=canvas_file(tmp_path, change(CANVAS)), assignment=assignment)
    assert said in str(refusal.value) and "\n" not in str(refusal.value)
    assert not (tmp_path / "out.csv").exists()


def test_two_submissions_of_one_student_are_left_to_the_instructor(grades, tmp_path):
    with results(grades) as graded:
        filled = canvas.fill(graded, canvas_file(tmp_path, CANVAS.replace(",ana,", ",carl_late_4711_99_work,")), tmp_path / "out.csv", "Lesson 1")
    assert filled.students == 2


RUNNER = {"CLASSROOM": "c", "ASSIGNMENT": "a", "SUBMISSION_TAG": "submit/1", "COMMIT_URL": "u/commit", "RELEASE_URL": "u/release"}


def test_classroom50_gets_its_schema_with_the_commits_time(tmp_path):
    git = ["git", "-c", "user.name=x", "-c", "user.email=x", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True, env={**os.environ, "GIT_COMMITTER_DATE": "1790000000 +0200"})
    converted = classroom50.convert(result(2, 0), tmp_path, RUNNER)
    assert converted == {
        "schema": "classroom50/result/v1", "classroom": "c", "assignment": "a", "submission": "submit/1", "commit": "u/commit",
        "release": "u/release", "review": "u/commit", "datetime": "2026-09-21T14:13:20Z", "score": 2, "max-score": 4,
        "tests": [{"test-name": "1.1 task_1", "passed": True, "score": 2, "max-score": 2},
                  {"test-name": "1.2 task_2", "passed": False, "score": 0, "max-score": 2}],
    }  # fmt: skip


def test_classroom50_says_what_is_missing(tmp_path):
    with pytest.raises(CannotGrade, match="COMMIT_URL, RELEASE_URL are not set"):
        classroom50.convert(result(2), tmp_path, {key: RUNNER[key] for key in ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG")})
    with pytest.raises(CannotGrade, match="has no git commit"):
        classroom50.convert(result(2), tmp_path, RUNNER)


def test_gradescope_results_have_every_field(grades):
    converted = gradescope.convert(result(2, 0), hidden=HIDDEN)
    assert converted["score"] == 3
    assert [test["visibility"] for test in converted["tests"]] == ["visible", "visible", "hidden"]
    for test in converted["tests"]:
        assert test["status"] in ("passed", "failed") and isinstance(test["number"], str)
        assert {"score", "max_score", "name", "output", "output_format", "tags", "visibility"} <= test.keys()


def unpacked(tmp_path: Path, archive: Path) -> Path:
    """As Gradescope does: into source/, run_autograder beside it; its environment is this one."""
    root = tmp_path / "autograder"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(root / "source")
        assert packed.getinfo("run_autograder").external_attr >> 16 & 0o111, "must be executable"
    for folder in ("submission", "results", "environment/bin"):
        (root / folder).mkdir(parents=True)
    (root / "environment" / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (root / "environment" / "bin" / "python").chmod(0o755)
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    (root / "run_autograder").chmod(0o755)
    return root


def graded_by_gradescope(root: Path) -> dict:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    subprocess.run([root / "run_autograder"], check=True, env={**environment, "AUTOGRADER_ROOT": str(root)}, cwd=root, timeout=300)
    return json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))


def test_the_gradescope_autograder_runs_where_it_is_unpacked(tmp_path):
    lesson = catalog.lesson(4)
    exported("gradescope", None, tmp_path / "autograder.zip", lesson="4")
    root = unpacked(tmp_path, tmp_path / "autograder.zip")
    names = {path.name for path in (root / "source" / "course_files" / "solutions").iterdir()}
    assert names == {f"{lesson.name}.py"}, "no other lesson's solution leaves the house"

    shutil.copy(lesson.solution, root / "submission" / "exercise.py")
    graded = graded_by_gradescope(root)
    assert graded["score"] == lesson.points and {test["status"] for test in graded["tests"]} == {"passed"}

    (root / "submission" / "exercise.py").write_text("raise SystemExit('x'")
    graded = graded_by_gradescope(root)
    assert graded["score"] == 0 and len(graded["tests"]) == len(lesson.tasks)

    (root / "source" / "course_files" / "solutions" / f"{lesson.name}.py").write_text("def broken(:\n")
    assert graded_by_gradescope(root)["output"].startswith("This could not be graded: ")


def test_the_archive_is_the_same_each_time(tmp_path):
    for name in ("a.zip", "b.zip"):
        exported("gradescope", None, tmp_path / name, lesson="1")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_setup_script_is_sound():
    for script in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", gradescope.SCRIPTS / script], check=True)


@pytest.mark.parametrize(("form", "source", "said"), [
    ("csv", None, "say where the results are: course export csv --from DIR"),
    ("csv", "nowhere", "there is no gradebook in"),
    ("html", "rubbish.json", "is not JSON"),
    ("junit", "other.json", "is not a result of this course"),
    ("classroom50", ".", "one submission at a time"),
    ("canvas", "grades", "give the gradebook that you exported from Canvas"),
])  # fmt: skip
def test_what_cannot_be_exported_is_said_in_one_line(grades, tmp_path, form, source, said):
    (tmp_path / "rubbish.json").write_text("{")
    (tmp_path / "other.json").write_text('{"schema": 2}')
    with pytest.raises(CannotGrade) as refusal:
        exported(form, tmp_path / source if source else None, tmp_path / "out")
    assert said in str(refusal.value) and "\n" not in str(refusal.value)


def test_one_result_can_be_exported_without_a_gradebook(tmp_path):
    (tmp_path / "result.json").write_text(json.dumps(result(2, 0)))
    assert exported("csv", tmp_path / "result.json", tmp_path / "one.csv") == [f"1 student in {tmp_path / 'one.csv'}"]
    assert exported("html", tmp_path / "result.json", tmp_path / "pages") == [f"1 student in {tmp_path / 'pages' / 'feedback'}"]
    exported("gradescope", tmp_path / "result.json", tmp_path / "results.json")
    assert json.loads((tmp_path / "results.json").read_text())["score"] == 2
