"""Running chapters: `chapter.py` in, an executed notebook with figures and measured claims out.

Each chapter runs in a kernel of its own, the only process that imports what the chapter imports.
The result is kept in `build/chapters/<lesson>/` until something that it depends on changes. How it
becomes a page of the site is not decided here.
"""

import contextlib
import json
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import jupytext
import nbformat
from bs4 import BeautifulSoup
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from course.authoring import fingerprint
from course.authoring.failures import CannotPublish
from course.catalog import Lesson
from course.importing import needs_tensorflow

SECONDS_PER_CELL = 900
ONE_PARSER = threading.Lock()
"""Python 3.11 fails at random where two threads parse source at the same time."""
SHOWN_VERSIONS = ("keras", "tensorflow", "numpy")
NO_ALT_TEXT = "No description has been provided for this image"
"""What nbconvert writes where a picture has no text; it must never be published."""

UNRUN = """!!! note "Figures and numbers are on their way"
    This chapter's experiments are being run on your machine, which takes a few minutes the first time.
    Until then you see its text and code; a line below says when there is more.

<div><chapter-ready></chapter-ready></div>
"""
"""What a chapter says that is shown before it has been run."""

IMPORT_AHEAD = """
from course.importing import without_collecting
with without_collecting():
    import keras
"""
"""A third of the import's time less, and a tenth of everything after it: what is there then is never looked at for garbage."""

RECORD_CLAIMS = """
import sys, json, dataclasses
_claims = sys.modules.get("course.claims")
with open({path!r}, "w", encoding="utf-8") as _file:
    json.dump([dataclasses.asdict(claim) for claim in _claims.RECORDED] if _claims else [], _file,
              ensure_ascii=False, indent=1)
"""


RECORD_WIDGET_DATA = """
from pathlib import Path as _Path
from course import widget_data as _widget_data
_widget_data.record(_Path({recipe!r}), globals(), _Path({path!r}), source={source!r})
"""


class ChapterFailed(CannotPublish):
    """A chapter that does not run, or whose result must not be published; one line says where and what."""


@dataclass(frozen=True)
class ExecutedChapter:
    """One chapter's results on disk."""

    folder: Path
    claims: tuple[dict, ...]
    """Each with sentence, value, at_least and at_most."""
    run: dict | None
    """What was run: seconds, python, and the versions of the libraries that matter to a reader. None where nothing was."""
    from_cache: bool

    @property
    def notebook(self) -> Path:
        return self.folder / "chapter.ipynb"

    @property
    def widget_data(self) -> Path:
        """What the page's widget shows; only there if the lesson has a widget."""
        return self.folder / "widget.json"

    @property
    def figures(self) -> tuple[Path, ...]:
        return tuple(sorted((self.folder / "figures").glob("*")))


_KERNELS: set[AsyncKernelManager] = set()
"""Those at work in this process."""

TENSORFLOW_WARNING = re.compile(r"^WARNING:tensorflow:.*\n?", re.MULTILINE)
"""In a notebook TensorFlow writes its warnings to standard output, between what a chapter prints."""


class _ThisPython(AsyncKernelManager):
    """Starts kernels with the running interpreter, whatever kernels are registered on the machine."""

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


def execute_all(lessons: Sequence[Lesson], *, force: bool = False, console: Console | None = None) -> list[ExecutedChapter]:
    """Run the chapters that have changed, as many at a time as there are cores, at most four.

    A chapter that fails does not stop the others, whose results are kept.

    Raises:
        ChapterFailed: of the first chapter in order that failed.
    """
    console = console or Console(stderr=True)
    workers = max(1, min(4, os.cpu_count() or 1, len(lessons)))
    with _progress(console) as progress, ThreadPoolExecutor(workers) as pool:
        # The longest runs are those of the later lessons; they begin first.
        running = {lesson.name: pool.submit(execute, lesson, force=force, console=console, progress=progress)
                   for lesson in reversed(lessons)}  # fmt: skip
        try:
            while wait(running.values(), 0.5).not_done:
                pass
        except BaseException:  # Ctrl-C, or whoever asked for this has gone: nobody needs the rest
            for chapter in running.values():
                chapter.cancel()
            while any(chapter.running() for chapter in running.values()):
                _end_kernels()
                wait(running.values(), 0.2)
            raise
    return [running[lesson.name].result() for lesson in lessons]


def _progress(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("cells"), TimeElapsedColumn(),
                    console=console, transient=True)  # fmt: skip


def execute(lesson: Lesson, *, force: bool = False, console: Console | None = None, progress: Progress | None = None) -> ExecutedChapter:
    """Run a lesson's chapter, or return the kept result where nothing has changed since.

    Args:
        lesson: from the catalog.
        force: run even if the kept result is still good.
        console: where progress goes; by default the terminal's error stream.
        progress: a display that several chapters share; by default one of its own.

    Returns:
        The folder `build/chapters/<lesson>/` with chapter.ipynb, figures/, claims.json, kernel.log and, for a
        lesson with a widget, widget.json.

    Raises:
        ChapterFailed: with one line that names the chapter, the line in it and what went wrong.
    """
    console = console or Console(stderr=True)
    folder = lesson.root / "build" / "chapters" / lesson.name
    if not lesson.chapter.is_file():
        raise ChapterFailed(f"{_place(lesson)}: there is no such file")
    with ONE_PARSER:
        key = fingerprint.of_chapter(lesson)
    if not force and _kept_key(folder) == key:
        console.print(f"Lesson {lesson.number} · chapter unchanged, its results are kept")
        return _read(folder, from_cache=True)

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{lesson.name}-", dir=folder.parent) as workshop:
        result = Path(workshop) / "result"
        (result / "figures").mkdir(parents=True)
        started = time.monotonic()
        notebook = _run(lesson, Path(workshop), result, console, progress)
        run = {"seconds": round(time.monotonic() - started, 1), "python": ".".join(map(str, sys.version_info[:3])),
               **{name: version(name) for name in SHOWN_VERSIONS}}  # fmt: skip
        (result / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
        nbformat.write(notebook, result / "chapter.ipynb")
        (result / "key").write_text(key, encoding="utf-8")
        if folder.exists():
            folder.rename(Path(workshop) / "previous")
        result.rename(folder)  # whole or not at all: nothing half-written ever has this name
    return _read(folder, from_cache=False)


def kept_or_unrun(lesson: Lesson) -> ExecutedChapter:
    """The kept results if they are good; else the chapter as it is written, with a remark and without outputs."""
    folder = lesson.root / "build" / "chapters" / lesson.name
    if _kept_key(folder) == fingerprint.of_chapter(lesson):
        return _read(folder, from_cache=True)
    unrun = lesson.root / "build" / "unrun" / lesson.name
    (unrun / "figures").mkdir(parents=True, exist_ok=True)
    notebook = jupytext.reads(lesson.chapter.read_text(encoding="utf-8"), fmt="py:percent")
    place = next((index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"), len(notebook.cells))
    notebook.cells.insert(place, nbformat.v4.new_markdown_cell(UNRUN))
    nbformat.write(_same_every_time(notebook), unrun / "chapter.ipynb")
    return ExecutedChapter(unrun, (), None, from_cache=False)


def _kept_key(folder: Path) -> str | None:
    try:
        return (folder / "key").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _read(folder: Path, *, from_cache: bool) -> ExecutedChapter:
    claims = json.loads((folder / "claims.json").read_text(encoding="utf-8"))
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return ExecutedChapter(folder, tuple(claims), run, from_cache)


def _run(lesson: Lesson, workshop: Path, result: Path, console: Console, shared: Progress | None) -> nbformat.NotebookNode:
    source = lesson.chapter.read_text(encoding="utf-8")
    with ONE_PARSER:
        notebook = jupytext.reads(source, fmt="py:percent")
    lines = _first_lines(source, notebook)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(lesson.root), os.environ.get("PYTHONPATH")))),
        "COURSE_FIGURES": str(result / "figures"),
        "COURSE_DATA": fingerprint.chosen_data(),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # Networks this small are quicker with one thread, and chapters run side by side.
        "TF_NUM_INTEROP_THREADS": os.environ.get("TF_NUM_INTEROP_THREADS", "1"),
        "TF_NUM_INTRAOP_THREADS": os.environ.get("TF_NUM_INTRAOP_THREADS", "1"),
        "CUDA_VISIBLE_DEVICES": "-1",
        "IPYTHONDIR": str(workshop / "ipython"),  # no history, no start-up files of the user's
    }
    client = NotebookClient(notebook, timeout=SECONDS_PER_CELL, kernel_manager_class=_ThisPython, record_timing=False)
    client.reset_execution_trackers()
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        progress = shared or stack.enter_context(_progress(console))
        bar = progress.add_task(f"Lesson {lesson.number} · running the chapter", total=len(notebook.cells))
        stack.callback(progress.remove_task, bar)
        log = stack.enter_context(open(result / "kernel.log", "w", encoding="utf-8"))
        with client.setup_kernel(cwd=str(lesson.root), env=environment, stdout=log, stderr=log):
            _KERNELS.add(client.km)
            stack.callback(_KERNELS.discard, client.km)
            if needs_tensorflow(lesson.chapter, lesson.solution):
                _run_aside(client, notebook, IMPORT_AHEAD)
            for index, cell in enumerate(notebook.cells):
                if cell.cell_type == "code":
                    _run_cell(lesson, client, cell, index, lines[index])
                    _keep_chatter_out(cell, log)
                    _check_outputs(lesson, cell, lines[index], result)
                progress.advance(bar)
            _run_aside(client, notebook, RECORD_CLAIMS.format(path=str(result / "claims.json")))
            if lesson.widget_data.is_file():
                try:
                    _run_aside(client, notebook, RECORD_WIDGET_DATA.format(
                        recipe=str(lesson.widget_data), path=str(result / "widget.json"), source="the run that made this page"))
                except CellExecutionError as error:
                    raise ChapterFailed(f"{_place(lesson)}: the widget's data: {' '.join(str(error.evalue).split())[:500]}") from None
    count = sum(cell.cell_type == "code" for cell in notebook.cells)
    console.print(f"Lesson {lesson.number} · chapter run: {count} cells of code in {time.monotonic() - started:.0f} s")
    return _same_every_time(notebook)


def _end_kernels() -> None:
    """End the processes that run chapters; each chapter then fails, and removes what is half-made."""
    for kernel in list(_KERNELS):
        with contextlib.suppress(Exception):  # it may be just starting or just ending
            os.kill(kernel.provisioner.pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def _run_aside(client: NotebookClient, notebook: nbformat.NotebookNode, code: str) -> None:
    """Run code in the chapter's kernel that is no part of the chapter."""
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    try:
        client.execute_cell(notebook.cells[-1], len(notebook.cells) - 1, store_history=False)
    finally:
        notebook.cells.pop()


def _run_cell(lesson: Lesson, client: NotebookClient, cell, index: int, first_line: int) -> None:
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        line = first_line + _line_in_cell(error.traceback, cell.execution_count) - 1
        what = " ".join(str(error.evalue).split())[:500]
        said = f"a claim fails: {what}" if error.ename == "ClaimFailed" else f"{error.ename}: {what}"
        raise ChapterFailed(f"{_place(lesson, line)}: {said}") from None
    except CellTimeoutError:
        raise ChapterFailed(f"{_place(lesson, first_line)}: took longer than {SECONDS_PER_CELL} s") from None
    except DeadKernelError:
        raise ChapterFailed(f"{_place(lesson, first_line)}: the process that runs the chapter died") from None


def _line_in_cell(traceback: str, execution_count: int | None) -> int:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback or "")
    found = re.search(rf"Cell In\s?\[{execution_count}\], line (\d+)", plain) or re.search(r"Cell In.*?line (\d+)", plain)
    return int(found[1]) if found else 1


def _keep_chatter_out(cell, log) -> None:
    """Warnings and start-up messages go to kernel.log; they are no part of a lesson."""
    kept = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            log.write(output.text)
            continue
        if output.output_type == "stream":
            log.writelines(TENSORFLOW_WARNING.findall(output.text))
            output.text = TENSORFLOW_WARNING.sub("", output.text)
            if not output.text:
                continue
        kept.append(output)
    cell.outputs = kept


def _check_outputs(lesson: Lesson, cell, line: int, result: Path) -> None:
    for output in cell.outputs:
        data = output.get("data", {})
        if any(kind.startswith("image/") for kind in data):
            raise ChapterFailed(
                f"{_place(lesson, line)}: a picture without alt text; finish the figure with plots.show(figure, name, alt)"
            )
        html = data.get("text/html", "")
        for picture in BeautifulSoup(html, "html.parser").find_all("img"):
            if not picture.get("alt", "").strip() or NO_ALT_TEXT in picture["alt"]:
                raise ChapterFailed(f"{_place(lesson, line)}: the picture {picture.get('src')!r} has no alt text")
            if not (result / picture["src"]).is_file():
                raise ChapterFailed(f"{_place(lesson, line)}: the picture {picture['src']!r} was not written")


def _first_lines(source: str, notebook) -> list[int]:
    """For each cell the line of chapter.py at which its text starts."""
    lines, position = [], 0
    for cell in notebook.cells:
        found = source.find(cell.source, position) if cell.cell_type == "code" else -1
        if found >= 0:
            position = found
        lines.append(source.count("\n", 0, position) + 1)
    return lines


def _same_every_time(notebook) -> nbformat.NotebookNode:
    """The same chapter gives the same file: no random identifiers, no traces of tools."""
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number}"
    notebook.metadata = nbformat.from_dict({
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    })
    return notebook


def _place(lesson: Lesson, line: int | None = None) -> str:
    path = lesson.chapter.relative_to(lesson.root).as_posix()
    return path if line is None else f"{path}, line {line}"


GET_THE_COURSE = """# This chapter needs the course's own files. Elsewhere than in its folder, such as on Colab, they are fetched here.
import importlib.util
if importlib.util.find_spec("course") is None:
    !git clone --quiet --depth 1 https://github.com/{repository} course_files
    %cd course_files
    %pip install --quiet ."""
NEEDS_THE_COURSE = "*Run this notebook in the folder of the course, with its environment (`.venv`): it uses the course's own files.*"


def as_notebook(lesson: Lesson, repository: str = "") -> str:
    """The chapter as a notebook that has not been run, to download: the text of an .ipynb file.

    Args:
        lesson: from the catalog.
        repository: "owner/name" on GitHub; with it the notebook can fetch what it needs.
    """
    notebook = jupytext.reads(lesson.chapter.read_text(encoding="utf-8"), fmt="py:percent")
    first = (nbformat.v4.new_code_cell(GET_THE_COURSE.format(repository=repository)) if repository
             else nbformat.v4.new_markdown_cell(NEEDS_THE_COURSE))  # fmt: skip
    notebook.cells.insert(0, first)
    return nbformat.writes(_same_every_time(notebook))
