"""Stored calibrations still support the thresholds that the grading tests use."""

import json
from pathlib import Path

import pytest

from course import catalog
from course.grading.wrong_answers import accepted_answers, wrong_answers

STORED = sorted((Path(__file__).resolve().parents[1] / "lessons" / "calibration").glob("*.json"))


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_a_threshold_lies_between_right_and_wrong_answers(root, path):
    stored = json.loads(path.read_text())
    lesson = catalog.lesson(stored["lesson"], root)
    assert stored["in_test"] in lesson.grading_tests.read_text(), "the grading test uses another threshold than the calibration"
    assert f"{stored['threshold']:g}" in stored["in_test"]
    assert path.with_name(f"calibrate_{path.stem}.py").is_file(), "how it was calibrated must be kept"
    assert stored["seeds"] >= 20
    accepted = {variant.name for variant in accepted_answers(lesson)}
    refused = {variant.name for variant in wrong_answers(lesson)}
    for answer, row in stored["values"].items():
        assert row["smallest"] <= row["median"] <= row["largest"]
        if answer not in refused:
            assert answer in accepted or answer.endswith(" (solution)"), f"{answer} is no answer that the project knows"
        must_be_below = (stored["right_is"] == "below") == (answer not in refused)
        on_its_side = row["largest"] < stored["threshold"] if must_be_below else row["smallest"] > stored["threshold"]
        assert on_its_side, f"{answer} is neither always accepted nor always refused"
    assert any(answer.endswith(" (solution)") for answer in stored["values"]) and refused & stored["values"].keys()


def test_every_calibration_script_has_its_stored_result(root):
    scripts = {path.stem.removeprefix("calibrate_") for path in STORED[0].parent.glob("calibrate_*.py")}
    assert scripts == {path.stem for path in STORED}
