"""Stored calibrations still support the tolerances that the grading tests use."""

import json

import pytest


@pytest.mark.parametrize("name", ["lesson_01_task_8"])
def test_a_tolerance_lies_between_right_and_wrong_answers(root, name):
    stored = json.loads((root / "tests" / "lessons" / "calibration" / f"{name}.json").read_text())
    lesson_tests = (root / "tests" / "lessons" / "test_lesson_01_pixels_and_filters.py").read_text()
    assert f"rtol=0, atol={stored['tolerance']}" in lesson_tests, "the grading test uses another tolerance than the calibration"
    assert stored["seeds"] >= 20
    wrong = {answer: row for answer, row in stored["errors"].items() if row["smallest"] > stored["tolerance"]}
    right = {answer: row for answer, row in stored["errors"].items() if row["largest"] < stored["tolerance"]}
    assert wrong.keys() | right.keys() == stored["errors"].keys(), "an answer is neither always accepted nor always refused"
    assert "learn_filter (solution)" in right and len(wrong) >= 3
    assert max(row["largest"] for row in right.values()) * 5 < stored["tolerance"]
    assert min(row["smallest"] for row in wrong.values()) > 5 * stored["tolerance"]
