"""Which tasks a change to the exercise file concerns."""

import pytest

from course.learning.changes import broken_line, task_keys, task_lines


@pytest.fixture
def concerned(lesson_1):
    """A function that says which tasks of lesson 1's solution a replacement concerns."""
    text = lesson_1.solution.read_text(encoding="utf-8")
    before = task_keys(text, lesson_1)

    def find(old: str, new: str) -> list[str]:
        assert old in text
        after = task_keys(text.replace(old, new), lesson_1)
        return [task_id for task_id in before if before[task_id] != after[task_id]]

    return find


def test_comments_and_white_space_concern_no_task(concerned):
    assert concerned("\n\n\n# %% Task 1.4", "\n\n\n\n\n# a remark\n# %% Task 1.4") == []


def test_a_task_of_its_own_concerns_itself_alone(concerned):
    assert concerned("def output_size(", "def output_size (") == []
    assert concerned("    return rgb @ LUMINANCE", "    return 1 * (rgb @ LUMINANCE)") == ["1.1"]


def test_a_task_that_others_use_concerns_them_too(concerned):
    assert concerned("def convolve2d(image: np.ndarray, kernel: np.ndarray, padding: str = \"valid\")",
                     "def convolve2d(image: np.ndarray, kernel: np.ndarray, padding: str = \"same\")") == ["1.3", "1.5"]


def test_a_constant_concerns_the_tasks_that_use_it(concerned):
    assert concerned("0.7152, 0.0722]", "0.7152, 0.0723]") == ["1.1"]


def test_what_runs_when_the_file_is_loaded_concerns_every_task(concerned, lesson_1):
    assert concerned("import numpy as np", "import numpy as np\nnp.seterr(all='raise')") == [task.id for task in lesson_1.tasks]


def test_what_loading_the_file_uses_concerns_every_task_too(lesson_1):
    text = lesson_1.solution.read_text(encoding="utf-8") + "\n\nSTRICT = False\nif STRICT:\n    np.seterr(all='raise')\n"
    before, after = (task_keys(one, lesson_1) for one in (text, text.replace("STRICT = False", "STRICT = True")))
    assert all(before[task.id] != after[task.id] for task in lesson_1.tasks)


def test_a_function_that_is_defined_twice_counts_twice(lesson_1):
    text = lesson_1.solution.read_text(encoding="utf-8")
    twice = task_keys(text + "\n\ndef output_size(*a):\n    return 3\n", lesson_1)
    assert [task_id for task_id, key in task_keys(text, lesson_1).items() if twice[task_id] != key] == ["1.4"]


@pytest.mark.parametrize(("text", "line", "code"), [("a = 1\nb = (\n", 2, "b = ("), ("def f(:\n", 1, "def f(:"), ("x = 'é\n", 1, "x = 'é")])
def test_a_syntax_error_has_a_place(text, line, code):
    found = broken_line(text)
    assert (found.line, found.code) == (line, code) and found.message


def test_what_is_python_has_no_broken_line():
    assert broken_line("x = 1\n") is None


def test_lines_of_tasks_are_where_their_functions_begin(lesson_1):
    text = lesson_1.exercise.read_text(encoding="utf-8")
    lines = task_lines(text, lesson_1)
    assert text.splitlines()[lines["1.3"] - 1].startswith("def convolve2d(") and len(lines) == len(lesson_1.tasks)
    assert task_lines("def f(:", lesson_1) == {}
