"""The gradebook: whole rows only, one latest attempt per student, nothing graded twice."""

import sqlite3
from dataclasses import replace

import pytest

from course.grading.gradebook import Attempt, Cohort, Gradebook, LessonFacts, TaskFacts, verdict_bytes
from course.grading.submission import CannotGrade

COHORT = Cohort((LessonFacts(1, "lesson_01_x", "X", 2, (TaskFacts("1.1", "f", "F", 2),)),), {"f__wrong": "Wrong."}, (), "tests")
RESULT = {"schema": 1, "submission": "ana", "isolation": "sandbox", "score": 2, "max_score": 2, "lessons": []}
ANA = Attempt("ana", "ana", "hash-a", "tests", "environment", 7, "sandbox", RESULT, None, "", "2026-01-01T00:00:00+00:00",
              "2026-01-01T00:00:01+00:00", 1.0, ("b.py: not UTF-8",), ("conftest.py",))


@pytest.fixture
def book(tmp_path):
    with Gradebook.create_or_open(tmp_path / "marks") as one:
        one.begin(COHORT, {})
        yield one


def test_what_is_kept_is_read_again(book):
    book.keep(ANA, {"files": {"lesson_01_x": "pass"}})
    with Gradebook.open(book.path.parent) as again:
        assert [replace(one, number=0) for one in again.latest()] == [ANA]
        assert again.cohort == COHORT and again.cohort.max_score == 2
        assert again.content("hash-a") == {"files": {"lesson_01_x": "pass"}}


@pytest.mark.parametrize("name", ["=cmd()", "two\nlines", "名前 with spaces", "'; DROP TABLE attempts; --", "\x1b[31mred"])
def test_students_may_be_called_anything(book, name):
    book.keep(replace(ANA, student=name), {})
    assert [one.student for one in book.latest()] == [name]
    assert book.latest_of(name).score == 2


def test_the_latest_attempt_is_the_one_on_what_was_handed_in_last(book):
    book.keep(ANA, {})
    book.keep(replace(ANA, submission_hash="hash-b", result=RESULT | {"score": 1}), {})
    assert [one.score for one in book.latest()] == [1]
    book.point("ana", "ana", (), (), book.find("ana", "hash-a", "tests", "environment", None))
    assert [one.score for one in book.latest()] == [2]
    assert [one.score for one in book.history("ana")] == [2, 1]


def test_the_same_submission_cannot_be_recorded_as_graded_twice(book):
    book.keep(ANA, {})
    with pytest.raises(CannotGrade, match="UNIQUE"):
        book.keep(ANA, {})
    assert len(list(book.history("ana"))) == 1


def test_an_attempt_that_could_not_be_graded_has_no_result_and_may_be_repeated(book):
    failed = replace(ANA, result=None, problem="the grader ended")
    book.keep(failed, {})
    book.keep(failed, {})
    assert not book.find("ana", "hash-a", "tests", "environment", None)
    book.keep(ANA, {})
    assert book.find("ana", "hash-a", "tests", "environment", "sandbox")
    assert not book.find("ana", "hash-a", "tests", "environment", "process")
    assert [one.graded for one in book.history("ana")] == [False, False, True]


def test_a_transaction_that_fails_leaves_nothing(book):
    with pytest.raises(CannotGrade):
        book.keep(replace(ANA, tests_hash="never begun"), {})
    assert list(book.latest()) == [] and list(book.history("ana")) == []
    assert book.connection.execute("SELECT count(*) FROM submissions").fetchone() == (0,)


def test_the_seed_is_drawn_once_and_another_one_is_refused(book):
    drawn = book.secret(None)
    assert drawn == book.secret(None) and len(drawn) == 32
    with pytest.raises(CannotGrade, match="another seed"):
        book.secret(3)


def test_a_chosen_seed_gives_the_same_secret_in_every_gradebook(tmp_path):
    with Gradebook.create_or_open(tmp_path / "a") as a, Gradebook.create_or_open(tmp_path / "b") as b:
        assert a.secret(5) == b.secret(5) != b"" and a.secret(None) == b.secret(None)


def test_other_lessons_belong_into_another_gradebook(book):
    with pytest.raises(CannotGrade, match="is about lesson_01_x; grade lesson_02_y into another folder"):
        book.begin(replace(COHORT, lessons=(replace(COHORT.lessons[0], name="lesson_02_y"),)), {})
    book.begin(replace(COHORT, tests_hash="mended tests"), {})
    assert book.cohort.tests_hash == "mended tests"


def test_no_gradebook_a_damaged_one_and_a_newer_one_are_said_in_one_line(tmp_path, book):
    with pytest.raises(CannotGrade, match="no gradebook in .*course grade SUBMISSIONS"):
        Gradebook.open(tmp_path)
    (tmp_path / "gradebook.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(CannotGrade, match="cannot be used: file is not a database"):
        Gradebook.open(tmp_path)
    sqlite3.connect(book.path, isolation_level=None).execute("UPDATE facts SET value = '2' WHERE name = 'schema'")
    with pytest.raises(CannotGrade, match="schema 2, this one reads 1"):
        Gradebook.open(book.path.parent)


def test_the_verdict_is_the_result_without_its_times():
    one = {"score": 2, "lessons": [{"tasks": [{"id": "1.1", "seconds": 0.1, "message": ""}]}]}
    other = {"lessons": [{"tasks": [{"id": "1.1", "seconds": 9.0, "message": ""}]}], "score": 2}
    assert verdict_bytes(one, None) == verdict_bytes(other, None)
    assert verdict_bytes(one, None) != verdict_bytes(one | {"score": 1}, None)
    assert b"seconds" not in verdict_bytes(one, {"tests": [{"seconds": 1}]})
