"""Run a chapter's experiments as a script, in a process of its own.

`python -m course.authoring.run_chapter LESSON [--mine] [--photos]` is what `course run` starts. With `--mine`
the chapter is given the learner's functions in the solution's place. With `--photos` the lesson's
`photographs.py` runs in the chapter's place, on the folder that COURSE_PHOTOS names.
"""

import importlib.util
import os
import runpy
import subprocess
import sys
import traceback
import types
from pathlib import Path

from course import catalog
from course.authoring.failures import CannotPublish
from course.catalog import Lesson
from course.data.digits import DigitsUnavailable
from course.data.imagenet import WeightsUnavailable
from course.data.photos import PhotosUnusable
from course.data.small_mobilenet import WeightsUnusable
from course.importing import needs_tensorflow
from course.output import import_tensorflow_quietly
from course.widget_data import WidgetDataError, record


def start(lesson: Lesson, *, mine: bool, data: str | None = None, photos: Path | None = None) -> int:
    """Run the chapter in a new process that shares this terminal; returns its exit code.

    Args:
        lesson: whose chapter.
        mine: with the learner's functions.
        data: what COURSE_DATA shall be; None leaves it as it is.
        photos: a folder of photographs for the lesson's `photographs.py`, which then runs in the chapter's place.

    Raises:
        CannotPublish: where there are photographs, and the lesson has no such part.
    """
    if photos is not None and not photographs(lesson).is_file():
        raise CannotPublish(f"lesson {lesson.number} does nothing with photographs; leave out --photos")
    figures = lesson.root / "build" / "run" / lesson.name
    environment = os.environ | {
        "COURSE_FIGURES": str(figures), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "MPLBACKEND": "agg"}
    if mine:
        environment["COURSE_CLAIMS"] = "report"
    if data:
        environment["COURSE_DATA"] = data
    if photos is not None:
        environment["COURSE_PHOTOS"] = str(photos.expanduser().resolve())
    options = [*(["--mine"] if mine else []), *(["--photos"] if photos is not None else [])]
    command = [sys.executable, "-m", "course.authoring.run_chapter", str(lesson.number), *options]
    return subprocess.run(command, cwd=lesson.root, env=environment).returncode


def photographs(lesson: Lesson) -> Path:
    """The part of a lesson that works on photographs, where it has one."""
    return lesson.chapter.with_name("photographs.py")


def use_own_functions(lesson: Lesson) -> None:
    """Make `from solutions import <lesson>` give the learner's exercise."""
    spec = importlib.util.spec_from_file_location(f"solutions.{lesson.name}", lesson.exercise)
    module = importlib.util.module_from_spec(spec)
    package = types.ModuleType("solutions")
    package.__path__ = []
    sys.modules["solutions"] = package
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    setattr(package, lesson.name, module)


def main() -> int:
    lesson = catalog.lesson(sys.argv[1])
    sys.path.insert(0, str(lesson.root))
    own = "--mine" in sys.argv
    script = photographs(lesson) if "--photos" in sys.argv else lesson.chapter
    try:
        if needs_tensorflow(script, lesson.solution):
            import_tensorflow_quietly()
        if own:
            use_own_functions(lesson)
        chapter = runpy.run_path(str(script), run_name="__main__")
        if script == lesson.chapter and lesson.widget_data.is_file():
            _leave_for_the_page(lesson, chapter, own)
    except BaseException as error:
        return _explain(lesson, error, own)
    return 0


def _leave_for_the_page(lesson: Lesson, chapter: dict, own: bool) -> None:
    """Write run.json, which the widget on the lesson's page can show."""
    path = lesson.root / "build" / "run" / lesson.name / "run.json"
    try:
        record(lesson.widget_data, chapter, path, source="your run, with your own functions" if own else "your run")
    except WidgetDataError as error:
        print(f"no data for the lesson's page were written: {error}", file=sys.stderr)
    else:
        print(f"for the lesson's page: {path.relative_to(lesson.root).as_posix()} (drop it on the experiment there; it stays in your browser)")


def _explain(lesson: Lesson, error: BaseException, own: bool) -> int:
    """One clear line about where the chapter stopped."""
    if isinstance(error, KeyboardInterrupt):
        print("stopped", file=sys.stderr)
        return 130
    mine = (str(lesson.exercise), str(lesson.chapter), str(photographs(lesson)))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in mine]
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}: " if frames else ""
    if isinstance(error, SyntaxError) and error.filename in mine:
        place = f"{Path(error.filename).name}, line {error.lineno}: "
    if isinstance(error, DigitsUnavailable):
        print(f"course: {error} Leave out --data mnist, or say --data bundled.", file=sys.stderr)
        return 2
    if isinstance(error, (PhotosUnusable, WeightsUnavailable, WeightsUnusable)):
        print(f"course: {error}", file=sys.stderr)
        return 2
    print(f"{place}{type(error).__name__}: {error}", file=sys.stderr)
    if own and isinstance(error, NotImplementedError):
        print(f"The chapter needs this task. Do it first, or run: course run {lesson.number}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
