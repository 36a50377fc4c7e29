"""Admission: what of a stranger's folder or archive is looked at, and why the rest is refused.

Only the expected names are opened, in either shape (`lesson_NN_name.py`, `lesson_NN_name/exercise.py`),
possibly below one wrapping folder. They must be regular files, UTF-8, of limited size. Archives are
read in memory and never unpacked. Everything becomes text here; nothing of a submission is executed,
and no other file of it, such as a `conftest.py`, comes anywhere near the grader.
"""

import gzip
import hashlib
import io
import json
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from course.catalog import Lesson
from course.grading.submission import (
    MAX_SOURCE_BYTES, CannotGrade, Source, Unreadable, open_regular, read_source, source_of_bytes)

MAX_ARCHIVE_BYTES = 32 * 2**20
MAX_UNPACKED_BYTES = 64 * 2**20
MAX_RATIO, RATIO_COUNTS_FROM = 100, 8 * 2**20
"""An archive that unpacks to more than a hundred times its size is no homework; small ones may."""
MAX_ENTRIES = 2000
NAMES_SHOWN = 8
ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip")
OTHER_ARCHIVES = (".rar", ".7z", ".tar.bz2", ".tar.xz", ".tbz", ".txz", ".gz", ".bz2", ".xz")
WRAPPER_OF_A_WHOLE_COURSE = "lessons"

Place = tuple[str, ...]
"""A path inside a submission, by its parts."""


class Refused(Exception):
    """A submission, or a file of it, that is not looked at; the text says why."""


@dataclass(frozen=True)
class Admitted:
    """What is graded of one student's submission."""

    student: str
    """Name of the folder or archive, as given."""
    files: dict[str, Source]
    """The answers, by the lesson's name."""
    reasons: dict[str, str]
    """Why a lesson's file was refused, by the lesson's name."""
    refused: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    """Names of other files, neutralised; the last one may be "and 12 more"."""

    @property
    def shown_as(self) -> str:
        return plain(self.student)

    @property
    def content(self) -> dict:
        """What the verdict depends on, for JSON: {"files": {lesson: {"file", "text"}}, "reasons": {lesson: reason}}."""
        files = {lesson: {"file": source.shown_as, "text": source.text} for lesson, source in self.files.items()}
        return {"files": files, "reasons": self.reasons}

    @property
    def hash(self) -> str:
        return hashlib.sha256(json.dumps(self.content, sort_keys=True).encode()).hexdigest()


def plain(text: str, limit: int = 100) -> str:
    """One line without control characters: what a stranger wrote must not steer a terminal."""
    safe = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return safe if len(safe) <= limit else f"{safe[:limit - 1]}…"


def count(folder: Path, lessons: list[Lesson]) -> int:
    """How many submissions a folder holds. Raises CannotGrade where it holds none."""
    if not folder.is_dir():
        raise CannotGrade(f"there is no folder {folder}; give one that holds a folder or archive per student")
    if any(_places_in_folder(folder, [lesson], wrapped=False) for lesson in lessons):
        raise CannotGrade(f"{folder} is itself a submission; grade it with: course check --submission {folder}")
    number = sum(_is_submission(folder / name) for name in os.listdir(folder))
    if not number:
        raise CannotGrade(f"there are no submissions in {folder}; it should hold a folder or archive (.zip, .tar.gz) per student")
    return number


def submissions(folder: Path, lessons: list[Lesson]) -> Iterator[Admitted | str]:
    """Everything in the folder, sorted by name, read one at a time.

    Yields what was admitted of each student (a folder or an archive), and for each thing that is
    neither one line that says so.
    """
    taken: set[str] = set()
    for name in sorted(os.listdir(folder), key=os.fsencode):
        path = folder / name
        if not _is_submission(path):
            if not name.startswith("."):
                yield f"{plain(storable(name))}: neither a folder nor an archive (.zip, .tar, .tar.gz, .tgz); not graded"
            continue
        student = storable(name if _is_real_folder(path) else name.removesuffix(_suffix(name)))
        if student in taken or not student:  # ana/ and ana.zip: two submissions
            student = storable(name)
        taken.add(student)
        yield admit(path, student, lessons)


def admit(path: Path, student: str, lessons: list[Lesson]) -> Admitted:
    """Read one folder or archive. What is wrong with it is said in the result, never raised."""
    try:
        kind = _suffix(path.name).lower() if not _is_real_folder(path) else ""
        if path.is_symlink():
            raise Refused("a link; only folders and archives themselves are graded")
        if not kind:
            return _admit_folder(path, student, lessons)
        if kind == ".zip":
            return _admit_zip(_archive_bytes(path), student, lessons)
        if kind in ARCHIVES:
            return _admit_tar(_archive_bytes(path), student, lessons, packed=kind != ".tar")
        raise Refused(f"{kind} archives are not read; hand in .zip, .tar or .tar.gz")
    except Refused as refusal:
        reason = str(refusal)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    reason = f"nothing of it is graded: {reason}"
    return Admitted(student, {}, {lesson.name: reason for lesson in lessons}, (reason,))


def storable(name: str) -> str:
    """A file name as text that can be stored: bytes that are not UTF-8 become \\xNN."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _is_submission(path: Path) -> bool:
    """Whether this stands for a student, be it broken or not."""
    if path.name.startswith("."):
        return False
    return _suffix(path.name) != "" or path.is_symlink() or path.is_dir()


def _suffix(name: str) -> str:
    """The archive's ending, as it is written."""
    return next((name[-len(suffix):] for suffix in (*ARCHIVES, *OTHER_ARCHIVES) if name.lower().endswith(suffix)), "")


def _is_real_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


# Which names

def _lesson_places(lesson: Lesson) -> tuple[Place, Place]:
    return (f"{lesson.name}.py",), (lesson.name, "exercise.py")


def _choose(present: list[Place], lessons: list[Lesson]) -> dict[str, Place]:
    """The file of each lesson: at the root, else below one wrapping folder. Raises Refused."""
    for depth in (0, 1):
        wrappers = sorted({place[:depth] for place in present for lesson in lessons if place[depth:] in _lesson_places(lesson)})
        if (WRAPPER_OF_A_WHOLE_COURSE,) in wrappers:
            wrappers = [(WRAPPER_OF_A_WHOLE_COURSE,)]
        if len(wrappers) > 1:
            names = ", ".join(plain(wrapper[0], 30) for wrapper in wrappers[:4])
            raise Refused(f"lesson files lie in several folders ({names}); which one is meant?")
        if wrappers:
            found = {}
            for lesson in lessons:
                for place in _lesson_places(lesson):
                    if wrappers[0] + place in present:
                        found.setdefault(lesson.name, wrappers[0] + place)
            return found
    return {}


def _shown(place: Place) -> str:
    return "/".join(place[-2:] if place[-1] == "exercise.py" else place[-1:])


def _gather(student: str, chosen: dict[str, Place], read: Callable[[Place], Source | Unreadable], others: list[str]) -> Admitted:
    files, reasons = {}, {}
    for lesson, place in chosen.items():
        found = read(place)
        if isinstance(found, Source):
            files[lesson] = found
        else:
            reasons[lesson] = plain(found.reason, 300)
    ignored = [plain(name) for name in others[:NAMES_SHOWN]]
    if len(others) > NAMES_SHOWN:
        ignored.append(f"and {len(others) - NAMES_SHOWN} more")
    return Admitted(student, files, reasons, tuple(reasons.values()), tuple(ignored))


# Folders

def _admit_folder(path: Path, student: str, lessons: list[Lesson]) -> Admitted:
    chosen = _choose(_places_in_folder(path, lessons, wrapped=True), lessons)
    used = {place[0] for place in chosen.values()}
    others = [storable(entry.name) for entry in _entries(path) if entry.name not in used]
    return _gather(student, chosen, lambda place: read_source(path.joinpath(*place), _shown(place)), sorted(others))


def _places_in_folder(path: Path, lessons: list[Lesson], *, wrapped: bool) -> list[Place]:
    """Which of the expected names exist; folders that are links are not entered."""
    wrappers: list[Place] = [()]
    if wrapped:
        wrappers += [(entry.name,) for entry in _entries(path) if entry.is_dir(follow_symlinks=False)]
    found = []
    for wrapper in wrappers:
        for place in (wrapper + place for lesson in lessons for place in _lesson_places(lesson)):
            target = path.joinpath(*place)
            if os.path.lexists(target) and (len(place) == 1 or _is_real_folder(target.parent)):
                found.append(place)
    return found


def _entries(path: Path) -> list[os.DirEntry]:
    with os.scandir(path) as entries:
        found = list(islice(entries, MAX_ENTRIES + 1))
    if len(found) > MAX_ENTRIES:
        raise Refused(f"it holds more than {MAX_ENTRIES:,} entries")
    return found


# Archives

def _archive_bytes(path: Path) -> bytes:
    with open_regular(path) as file:
        if file is None:
            raise Refused("not a regular file")
        data = file.read(MAX_ARCHIVE_BYTES + 1)
    if len(data) > MAX_ARCHIVE_BYTES:
        raise Refused(f"larger than {MAX_ARCHIVE_BYTES // 2**20} MB; hand in the lesson files alone")
    if not data:
        raise Refused("an empty file")
    return data


def _admit_zip(data: bytes, student: str, lessons: list[Lesson]) -> Admitted:
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:  # before anything is made of them
        raise Refused(f"it holds more than {MAX_ENTRIES:,} entries")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            total = sum(entry.file_size for entry in entries)
            _refuse_bomb(total, len(data))
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refused("encrypted; hand it in without a password")
            by_place = _by_place([(entry.orig_filename, entry) for entry in entries], lessons)

            def read(place: Place) -> Source | Unreadable:
                entry = by_place[place]
                if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
                    return Unreadable(f"{_shown(place)} is a link or no regular file; only a regular file is graded")
                if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    return Unreadable(f"{_shown(place)} is packed in an unusual way; pack it as an ordinary .zip")
                with archive.open(entry) as file:
                    return source_of_bytes(file.read(MAX_SOURCE_BYTES + 1), _shown(place))

            return _from_archive(student, by_place, lessons, read)
    except Refused:
        raise
    except Exception as error:  # whatever a stranger's bytes make of the reader
        raise Refused(f"cannot be read as a .zip archive ({plain(str(error) or type(error).__name__)})") from None


def _admit_tar(data: bytes, student: str, lessons: list[Lesson], *, packed: bool) -> Admitted:
    try:
        packed_size = len(data)
        if packed:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                data = file.read(MAX_UNPACKED_BYTES + 1)
            _refuse_bomb(len(data), packed_size)
        entries = []
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for member in archive:
                entries.append((member.name, member))
                if len(entries) > MAX_ENTRIES:
                    raise Refused(f"it holds more than {MAX_ENTRIES:,} entries")
            by_place = _by_place([(name, member) for name, member in entries if not member.isdir()], lessons)

            def read(place: Place) -> Source | Unreadable:
                member = by_place[place]
                if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
                    return Unreadable(f"{_shown(place)} is a link or no regular file; only a regular file is graded")
                return source_of_bytes(archive.extractfile(member).read(MAX_SOURCE_BYTES + 1), _shown(place))

            return _from_archive(student, by_place, lessons, read)
    except Refused:
        raise
    except Exception as error:  # whatever a stranger's bytes make of the reader
        raise Refused(f"cannot be read as a .tar archive ({plain(str(error) or type(error).__name__)})") from None


def _refuse_bomb(unpacked: int, packed: int) -> None:
    if unpacked > MAX_UNPACKED_BYTES:
        raise Refused(f"it unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MB; hand in the lesson files alone")
    if unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * packed:
        raise Refused(f"it unpacks to {unpacked // packed} times its size, like an archive made to fill disks")


def _by_place(entries: list[tuple[str, object]], lessons: list[Lesson]) -> dict[Place, object]:
    """The archive's entries by the parts of their names. Raises Refused for names that no honest archive has."""
    expected = {place for lesson in lessons for place in _lesson_places(lesson)}
    found: dict[Place, object] = {}
    for name, entry in entries:
        parts = name.replace("\\", "/").split("/")
        if parts[0] == "" or parts[0][1:2] == ":" or ".." in parts or "\0" in name:
            raise Refused(f"it holds a name that points out of it ({plain(storable(name))})")
        place = tuple(part for part in parts if part not in ("", "."))
        if place in found and (place[-1:] in expected or place[-2:] in expected):
            raise Refused(f"it holds {plain(storable(name))} twice; which one is meant?")
        found[place] = entry
    return found


def _from_archive(student: str, by_place: dict[Place, object], lessons: list[Lesson], read) -> Admitted:
    chosen = _choose(list(by_place), lessons)
    used = set(chosen.values())
    others = sorted(storable("/".join(place)) for place in by_place if place not in used)
    return _gather(student, chosen, read, others)
