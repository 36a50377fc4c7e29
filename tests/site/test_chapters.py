"""Chapters are run when something they depend on has changed, and a broken one says where."""

import json
import os
import signal
import subprocess
import sys
import time

import nbformat
import psutil
import pytest

from course import catalog
from course.authoring import chapters, fingerprint


def change(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_chapter_gives_a_notebook_with_its_outputs_and_its_claims(tiny):
    executed = chapters.execute(tiny)
    notebook = json.loads(executed.notebook.read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    assert outputs[0]["text"] == ["the sum is 3\n"]
    assert "The sum is 3." in "".join(outputs[1]["data"]["text/html"])
    assert executed.claims == ({"sentence": "The sum is 3.", "value": 3.0, "at_least": 3, "at_most": 3},)
    assert len(notebook["cells"]) == 3, "the cell that records the claims must not stay in the notebook"


def test_an_unchanged_chapter_is_not_run_again(tiny):
    assert not chapters.execute(tiny).from_cache
    assert chapters.execute(tiny).from_cache
    assert not chapters.execute(tiny, force=True).from_cache


@pytest.mark.parametrize("part", ["chapter", "solution"])
def test_a_changed_part_makes_the_kept_result_stale(tiny, part):
    before = fingerprint.of_chapter(tiny)
    getattr(tiny, part).write_text(getattr(tiny, part).read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert fingerprint.of_chapter(tiny) != before


def test_a_changed_solution_is_run_and_checked_again(tiny):
    chapters.execute(tiny)
    change(tiny.solution, "return a + b", "return a - b")
    with pytest.raises(chapters.ChapterFailed):
        chapters.execute(tiny)


def test_changed_pins_and_another_choice_of_data_make_the_kept_result_stale(tiny, monkeypatch):
    keys = {fingerprint.of_chapter(tiny)}
    (tiny.root / "constraints.txt").write_text("numpy==1.0\n")
    keys.add(fingerprint.of_chapter(tiny))
    monkeypatch.setenv("COURSE_DATA", "mnist")
    keys.add(fingerprint.of_chapter(tiny))
    assert len(keys) == 3


def test_a_result_without_its_key_is_not_taken_for_a_whole_one(tiny):
    (chapters.execute(tiny).folder / "key").unlink()
    assert not chapters.execute(tiny).from_cache


def test_a_failing_chapter_leaves_the_last_good_result_and_no_litter(tiny):
    good = chapters.execute(tiny)
    change(tiny.chapter, "at_most=3", "at_most=2")
    with pytest.raises(chapters.ChapterFailed):
        chapters.execute(tiny)
    assert good.notebook.is_file()
    assert os.listdir(good.folder.parent) == [tiny.name]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("at_least=3, at_most=3", "at_least=4", "line 13: a claim fails: The sum is 3. Measured 3; the claim needs at least 4."),
        ('print("the sum is", add(1, 2))', "1 / 0", "line 10: ZeroDivisionError: division by zero"),
        ('print("the sum is", add(1, 2))', "def f(:", "line 10: SyntaxError"),
        (
            'print("the sum is", add(1, 2))',
            'from IPython.display import display; display({"image/png": "AA=="}, raw=True)',
            "line 7: a picture without alt text",
        ),
        (
            'print("the sum is", add(1, 2))',
            "from IPython.display import display, HTML; display(HTML('<img src=\"a.png\" alt=\" \">'))",
            "line 7: the picture 'a.png' has no alt text",
        ),
    ],
    ids=["claim", "exception", "syntax", "bare picture", "no alt text"],
)
def test_what_must_not_be_published_stops_with_one_line_that_says_where(tiny, old, new, said):
    change(tiny.chapter, old, new)
    with pytest.raises(chapters.ChapterFailed) as failure:
        chapters.execute(tiny)
    message = str(failure.value)
    assert message.startswith(f"lessons/lesson_01_tiny/chapter.py, {said}")
    assert "\n" not in message


def test_warnings_stay_out_of_the_page(tiny):
    change(tiny.chapter, 'print("the sum is", add(1, 2))', 'import warnings; warnings.warn("chatter")')
    executed = chapters.execute(tiny)
    assert "chatter" not in executed.notebook.read_text(encoding="utf-8").replace('warn(\\"chatter\\")', "")
    assert "chatter" in (executed.folder / "kernel.log").read_text(encoding="utf-8")


def test_what_tensorflow_says_on_standard_output_is_no_part_of_the_page(tiny):
    change(tiny.chapter, 'print("the sum is", add(1, 2))',
           'print("before\\nWARNING:tensorflow:5 out of the last 5 calls\\nafter")\nprint("WARNING:tensorflow:again")')
    executed = chapters.execute(tiny)
    shown = [output.text for cell in nbformat.read(executed.notebook, as_version=4).cells for output in cell.get("outputs", [])
             if output.output_type == "stream"]
    assert "before\nafter\n" in "".join(shown) and "WARNING" not in "".join(shown)
    assert "5 out of the last 5" in (executed.folder / "kernel.log").read_text(encoding="utf-8")


def test_a_chapter_depends_on_what_it_imports_and_on_nothing_else():
    by_number = {lesson.number: {path.name for path in fingerprint.imported_parts([lesson.chapter, lesson.solution])}
                 for lesson in catalog.lessons()}  # fmt: skip
    assert {"claims.py", "plots.py", "portrait.py"} <= by_number[1]
    assert "creatures" not in by_number[1]
    assert {"digits.py", "plots.py"} <= by_number[2]
    assert {"creatures"} <= by_number[3]


def test_a_pin_of_something_else_leaves_the_kept_result_good(tiny):
    before = fingerprint.of_chapter(tiny)
    (tiny.root / "constraints.txt").write_text("typer==1.0\n")
    assert fingerprint.of_chapter(tiny) == before


def test_chapters_run_side_by_side_and_one_that_fails_stops_no_other(tiny, tmp_path):
    second = tmp_path / "solutions" / "lesson_02_tiny.py"
    second.write_text(tiny.solution.read_text(encoding="utf-8").replace("Lesson 1", "Lesson 2").replace("Task 1.1", "Task 2.1"), encoding="utf-8")
    (tmp_path / "lessons" / "lesson_02_tiny").mkdir()
    (tmp_path / "lessons" / "lesson_02_tiny" / "chapter.py").write_text(tiny.chapter.read_text(encoding="utf-8"), encoding="utf-8")
    catalog.lessons.cache_clear()
    both = catalog.lessons(tmp_path)
    change(both[0].chapter, "at_most=3", "at_most=2")
    with pytest.raises(chapters.ChapterFailed, match="lesson_01_tiny"):
        chapters.execute_all(both)
    change(both[0].chapter, "at_most=2", "at_most=3")
    assert [executed.from_cache for executed in chapters.execute_all(both)] == [False, True]


def test_a_chapter_leaves_what_its_widget_shows(tiny):
    tiny.widget_data.write_text("def data(chapter):\n    return {'sum': chapter['add'](2, 3)}\n", encoding="utf-8")
    executed = chapters.execute(tiny)
    left = json.loads(executed.widget_data.read_text(encoding="utf-8"))
    assert left == {"schema": 1, "kind": "course-run", "lesson": tiny.name, "source": "the run that made this page", "data": {"sum": 5}}
    assert len(json.loads(executed.notebook.read_text(encoding="utf-8"))["cells"]) == 3, "it is no part of the notebook"
    before = fingerprint.of_chapter(tiny)
    tiny.widget_data.write_text("def data(chapter):\n    return {}\n", encoding="utf-8")
    assert fingerprint.of_chapter(tiny) != before


def test_a_widget_that_asks_for_what_is_not_there_stops_with_one_line(tiny):
    tiny.widget_data.write_text("def data(chapter):\n    return chapter['network']\n", encoding="utf-8")
    with pytest.raises(chapters.ChapterFailed) as failure:
        chapters.execute(tiny)
    assert "widget.py asks for 'network', which the chapter does not have" in str(failure.value)
    assert "\n" not in str(failure.value)


def endless(lesson, started):
    """The chapter says which process runs it, and then does not end."""
    change(lesson.chapter, 'print("the sum is", add(1, 2))',
           f"import os, pathlib, time\npathlib.Path({str(started)!r}).write_text(str(os.getpid()))\ntime.sleep(600)")


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def ended(number):
    try:
        return psutil.Process(number).status() == psutil.STATUS_ZOMBIE  # ended, and nobody has asked how
    except psutil.NoSuchProcess:
        return True


def half_made(lesson):
    return [path.name for path in (lesson.root / "build" / "chapters").glob(".*")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_chapters_at_once_and_leaves_nothing_half_made(tiny, tmp_path):
    started = tmp_path / "started"
    endless(tiny, started)
    code = f"from course import catalog; from course.authoring import chapters; chapters.execute_all(catalog.lessons({str(tiny.root)!r}))"
    code = f"import pathlib; {code.replace(repr(str(tiny.root)), f'pathlib.Path({str(tiny.root)!r})')}"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=catalog.course_root(), stderr=subprocess.PIPE, text=True, start_new_session=True)
    wait_for(lambda: started.is_file() and started.read_text())
    assert half_made(tiny)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=20)[1]
    assert process.returncode != 0 and "KeyboardInterrupt" in said
    wait_for(lambda: ended(int(started.read_text())))
    assert half_made(tiny) == []


def test_a_build_in_the_background_ends_with_whoever_started_it(tiny, tmp_path):
    started = tmp_path / "started"
    endless(tiny, started)
    code = ("import pathlib, sys, time\nfrom course.authoring.background_build import BackgroundBuild\n"
            f"with BackgroundBuild(pathlib.Path({str(tiny.root)!r}), print, print) as build:\n"
            "    print(build.process.pid, flush=True)\n    time.sleep(600)\n")
    process = subprocess.Popen([sys.executable, "-c", code], cwd=catalog.course_root(), stdout=subprocess.PIPE, text=True)
    build = int(process.stdout.readline())
    wait_for(lambda: started.is_file() and started.read_text())
    process.kill()
    process.wait()
    wait_for(lambda: ended(build) and ended(int(started.read_text())))
    assert half_made(tiny) == []
