"""Only the expected, regular, readable files of a submission are looked at; everything else is refused in one line."""

import gzip
import io
import os
import stat
import struct
import sys
import tarfile
import zipfile
import zlib

import pytest

from course.grading import admission
from course.grading.admission import admit, count, plain, submissions
from course.grading.submission import CannotGrade, Source

FILE = "lesson_01_pixels_and_filters.py"
INNER = "lesson_01_pixels_and_filters/exercise.py"
TEXT = "def to_grayscale(image):\n    return image\n"


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def admit_one(inbox, lesson_1):
    """What is admitted of the single submission in the inbox."""

    def one():
        found = [each for each in submissions(inbox, [lesson_1]) if not isinstance(each, str)]
        assert len(found) == 1
        return found[0]

    return one


def write(path, text: str | bytes = TEXT):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def write_zip(path, entries: dict[str, bytes | str], **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data, **options)


def write_tar(path, entries: dict[str, bytes], mode: str):
    with tarfile.open(path, mode) as archive:
        for name, data in entries.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def refused_whole(admitted) -> str:
    """The one reason for which nothing of it is graded."""
    assert admitted.files == {} and len(admitted.refused) == 1
    assert admitted.refused[0].startswith("nothing of it is graded: ") and admitted.refused[0].isprintable()
    assert set(admitted.reasons.values()) == set(admitted.refused)
    return admitted.refused[0]


# What is admitted

@pytest.mark.parametrize("wrapper", ["", "my homework/", "ana-main/"])
@pytest.mark.parametrize("shape", [FILE, INNER])
@pytest.mark.parametrize("kind", ["folder", ".zip", ".tar", ".tar.gz", ".tgz", ".ZIP"])
def test_both_shapes_are_found_also_below_one_wrapping_folder(inbox, admit_one, kind, shape, wrapper):
    name = wrapper + shape
    if kind == "folder":
        write(inbox / "ana" / name)
    elif kind.lower() == ".zip":
        write_zip(inbox / f"ana{kind}", {name: TEXT})
    else:
        write_tar(inbox / f"ana{kind}", {name: TEXT.encode()}, "w" if kind == ".tar" else "w:gz")
    found = admit_one()
    assert found.student == "ana" and found.refused == ()
    assert found.files == {"lesson_01_pixels_and_filters": Source(shape, TEXT)}


def test_an_archive_and_a_folder_with_the_same_content_have_the_same_hash(inbox, lesson_1):
    write(inbox / "a" / FILE)
    write_zip(inbox / "b.zip", {FILE: TEXT})
    write(inbox / "c" / FILE, TEXT + "# other\n")
    a, b, c = submissions(inbox, [lesson_1])
    assert a.hash == b.hash != c.hash


def test_the_folder_of_a_whole_course_counts_by_its_lessons(inbox, admit_one):
    write(inbox / "ana/lessons" / INNER, "mine = 1\n")
    write(inbox / "ana/solutions" / FILE, "theirs = 1\n")
    assert admit_one().files["lesson_01_pixels_and_filters"].text == "mine = 1\n"


def test_a_file_at_the_top_comes_before_one_in_a_folder(inbox, admit_one):
    write(inbox / "ana" / FILE, "top = 1\n")
    write(inbox / "ana/old" / FILE, "old = 1\n")
    assert admit_one().files["lesson_01_pixels_and_filters"].text == "top = 1\n"


def test_two_folders_with_answers_are_not_guessed_between(inbox, admit_one):
    write(inbox / "ana/first" / FILE)
    write(inbox / "ana/second" / FILE)
    assert "several folders (first, second); which one is meant?" in refused_whole(admit_one())


def test_nothing_else_is_looked_at(inbox, admit_one):
    for name in ("conftest.py", "pytest.ini", "sitecustomize.py", "numpy.py", "tests/test_lesson_01_pixels_and_filters.py"):
        write(inbox / "ana" / name, "raise SystemExit\n")
    write(inbox / "ana" / FILE)
    found = admit_one()
    assert list(found.content["files"]) == ["lesson_01_pixels_and_filters"] and found.content["reasons"] == {}
    assert found.ignored == ("conftest.py", "numpy.py", "pytest.ini", "sitecustomize.py", "tests")


def test_what_is_not_looked_at_is_listed_briefly(inbox, admit_one):
    for number in range(30):
        write(inbox / "ana" / f"note{number:02}\n.txt")
    found = admit_one()
    assert found.ignored[0] == "note00\ufffd.txt" and found.ignored[-1] == "and 22 more"


# Folders that are not what they seem

def test_a_link_is_not_followed(inbox, admit_one, tmp_path):
    write(tmp_path / "secret.py")
    (inbox / "ana").mkdir()
    (inbox / "ana" / FILE).symlink_to(tmp_path / "secret.py")
    found = admit_one()
    assert found.files == {} and found.refused == (f"{FILE} is a link; only a regular file is graded",)


def test_a_linked_folder_inside_a_submission_is_not_entered(inbox, admit_one, tmp_path):
    write(tmp_path / "elsewhere" / FILE)
    write(tmp_path / "elsewhere" / "exercise.py")
    (inbox / "ana").mkdir()
    (inbox / "ana/work").symlink_to(tmp_path / "elsewhere")
    (inbox / "ana/lesson_01_pixels_and_filters").symlink_to(tmp_path / "elsewhere")
    assert admit_one().files == {}


@pytest.mark.parametrize("name", ["ana", "ana.zip"])
def test_a_linked_submission_is_refused(inbox, admit_one, tmp_path, name):
    write(tmp_path / "elsewhere" / FILE)
    (inbox / name).symlink_to(tmp_path / "elsewhere")
    assert "a link" in refused_whole(admit_one())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs")
def test_a_pipe_is_not_waited_for(inbox, admit_one):
    (inbox / "ana").mkdir()
    os.mkfifo(inbox / "ana" / FILE)
    assert admit_one().refused == (f"{FILE} is not a regular file",)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs")
def test_a_pipe_instead_of_an_archive_is_not_waited_for(inbox, admit_one):
    os.mkfifo(inbox / "ana.zip")
    assert "not a regular file" in refused_whole(admit_one())


def test_a_device_is_refused(inbox, admit_one):
    (inbox / "ana").mkdir()
    try:
        os.mknod(inbox / "ana" / FILE, 0o600 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero
    except (AttributeError, PermissionError) as error:
        pytest.skip(f"devices cannot be made here: {error}")
    assert admit_one().refused == (f"{FILE} is not a regular file",)


def test_a_folder_instead_of_a_file_is_refused_and_leaves_no_descriptor_open(inbox, admit_one):
    (inbox / "ana" / FILE).mkdir(parents=True)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert admit_one().refused == (f"{FILE} is not a regular file",)
    assert not before or len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(("data", "reason"), [
    (b"x = '" + b"\xe9" * 3 + b"'\n", "line 1: not UTF-8"),
    (b"x = 1\ny = '\0'\n", "line 2: a NUL byte"),
    (b"#" * (2**20 + 1), "at most 1 MB"),
])
@pytest.mark.parametrize("kind", ["folder", "zip", "tar"])
def test_files_that_are_no_sane_text_are_refused(inbox, admit_one, kind, data, reason):
    if kind == "folder":
        write(inbox / "ana" / FILE, data)
    elif kind == "zip":
        write_zip(inbox / "ana.zip", {FILE: data})
    else:
        write_tar(inbox / "ana.tar.gz", {FILE: data}, "w:gz")
    found = admit_one()
    assert found.files == {} and len(found.refused) == 1 and reason in found.refused[0]
    assert found.content["reasons"] == {"lesson_01_pixels_and_filters": found.refused[0]}


# Archives that are not what they seem

@pytest.mark.parametrize("name", ["../../evil.py", "/etc/passwd", "ana/../../x", "C:\\x.py", "..\\x.py", f"{FILE}\0.txt"])
def test_names_that_point_out_of_the_archive_refuse_it_whole(inbox, admit_one, name):
    with zipfile.ZipFile(inbox / "ana.zip", "w") as archive:
        archive.writestr(FILE, TEXT)
        entry = zipfile.ZipInfo("placeholder")
        entry.filename = name
        archive.writestr(entry, TEXT)
    assert "points out of it" in refused_whole(admit_one())


@pytest.mark.parametrize("name", ["../../evil.py", "/etc/passwd"])
def test_the_same_for_tar(inbox, admit_one, name):
    write_tar(inbox / "ana.tar", {FILE: TEXT.encode(), name: b""}, "w")
    assert "points out of it" in refused_whole(admit_one())


@pytest.mark.parametrize("name", ["notes.txt", FILE])
def test_a_zip_bomb_is_refused_unopened(inbox, admit_one, name):
    write_zip(inbox / "ana.zip", {FILE + "x": TEXT, name: b"\0" * (20 * 2**20)})
    assert "times its size" in refused_whole(admit_one())


def test_a_zip_that_lies_about_its_sizes_is_not_believed(inbox, admit_one):
    write_zip(inbox / "ana.zip", {FILE: b"#" * (40 * 2**20)})
    data = (inbox / "ana.zip").read_bytes()
    (inbox / "ana.zip").write_bytes(data.replace(struct.pack("<I", 40 * 2**20), struct.pack("<I", 100)))
    assert "cannot be read as a .zip archive" in refused_whole(admit_one())


@pytest.mark.parametrize("size", [20, 80])
def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(inbox, admit_one, size):
    with gzip.open(inbox / "ana.tar.gz", "wb") as file:
        for _ in range(size):
            file.write(b"\0" * 2**20)
    assert "unpacks to" in refused_whole(admit_one())


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_thousands_of_entries_are_refused(inbox, admit_one, kind):
    entries = {f"f{number}": b"" for number in range(admission.MAX_ENTRIES + 1)}
    if kind == "zip":
        write_zip(inbox / "ana.zip", entries)
    else:
        write_tar(inbox / "ana.tar.gz", entries, "w:gz")
    assert "more than 2,000 entries" in refused_whole(admit_one())


def test_a_folder_of_thousands_is_refused(inbox, admit_one, monkeypatch):
    monkeypatch.setattr(admission, "MAX_ENTRIES", 3)
    for number in range(4):
        write(inbox / "ana" / f"f{number}")
    assert "more than 3 entries" in refused_whole(admit_one())


def test_an_archive_that_is_too_large_is_refused_without_reading_on(inbox, admit_one, monkeypatch):
    monkeypatch.setattr(admission, "MAX_ARCHIVE_BYTES", 1000)
    write(inbox / "ana.zip", b"PK" * 600)
    assert "larger than" in refused_whole(admit_one())


def test_an_encrypted_zip_is_refused(inbox, admit_one):
    write_zip(inbox / "ana.zip", {FILE: TEXT})
    data = bytearray((inbox / "ana.zip").read_bytes())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    write(inbox / "ana.zip", bytes(data))
    assert "encrypted" in refused_whole(admit_one())


@pytest.mark.parametrize("name", ["ana.zip", "ana.tar", "ana.tar.gz", "ana.tgz"])
@pytest.mark.parametrize("data", [
    b"", b"this is no archive", b"PK\x03\x04" + b"\xff" * 400, b"\x1f\x8b" + b"\0" * 600, b"\xff" * 2048])
def test_broken_archives_are_refused_in_one_line(inbox, admit_one, name, data):
    write(inbox / name, data)
    refused_whole(admit_one())


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_archives_that_were_cut_off_are_refused_or_read_right(inbox, lesson_1, kind):
    path = inbox / f"ana.{kind}"
    if kind == "zip":
        write_zip(path, {FILE: TEXT * 50})
    else:
        write_tar(path, {FILE: TEXT.encode() * 50}, "w" if kind == "tar" else "w:gz")
    whole = path.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:length])
        found = admit(path, "ana", [lesson_1])
        assert found.refused or found.files["lesson_01_pixels_and_filters"].text == TEXT * 50


def test_a_damaged_byte_is_noticed(inbox, lesson_1):
    path = inbox / "ana.zip"
    write_zip(path, {FILE: TEXT * 50})
    data = bytearray(path.read_bytes())
    data[len(FILE) + 40] ^= 0xFF
    path.write_bytes(bytes(data))
    assert "cannot be read" in refused_whole(admit(path, "ana", [lesson_1]))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.GNUTYPE_SPARSE])
def test_members_of_a_tar_that_are_no_regular_files_are_refused(inbox, admit_one, kind):
    with tarfile.open(inbox / "ana.tar", "w") as archive:
        member = tarfile.TarInfo(FILE)
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    found = admit_one()
    assert found.files == {} and len(found.refused) == 1


def test_a_link_in_a_zip_is_refused(inbox, admit_one):
    entry = zipfile.ZipInfo(FILE)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(inbox / "ana.zip", "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    found = admit_one()
    assert found.files == {} and "is a link" in found.refused[0]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_the_same_name_twice_is_not_guessed_between(inbox, admit_one, kind):
    if kind == "zip":
        with zipfile.ZipFile(inbox / "ana.zip", "w") as archive:
            archive.writestr(FILE, "a = 1\n")
            archive.writestr(f"./{FILE}", "b = 1\n")
    else:
        with tarfile.open(inbox / "ana.tar", "w") as archive:
            for text in (b"a = 1\n", b"b = 1\n"):
                member = tarfile.TarInfo(FILE)
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text))
    assert "twice; which one is meant?" in refused_whole(admit_one())


def test_an_unusual_packing_method_is_refused(inbox, admit_one):
    with zipfile.ZipFile(inbox / "ana.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(FILE, TEXT)
    assert "unusual way" in admit_one().refused[0]


@pytest.mark.parametrize("name", ["ana.rar", "ana.7z", "ana.tar.xz"])
def test_other_archives_are_told_what_to_use(inbox, admit_one, name):
    write(inbox / name)
    found = admit_one()
    assert found.student == "ana" and "hand in .zip, .tar or .tar.gz" in refused_whole(found)


def test_a_huge_header_in_a_tar_is_bounded(inbox, admit_one):
    """A long-name header may claim gigabytes; what is not in the archive is not read."""
    with tarfile.open(inbox / "ana.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        member = tarfile.TarInfo("././@LongLink")
        member.type, member.size = tarfile.GNUTYPE_LONGNAME, 8 * 2**30
        archive.fileobj.write(member.tobuf(tarfile.GNU_FORMAT))
    admit_one()


# Names of students

@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not allow such names")
@pytest.mark.parametrize(("name", "student", "shown"), [
    ("Ana María", "Ana María", "Ana María"),
    ("=HYPERLINK(1)", "=HYPERLINK(1)", "=HYPERLINK(1)"),
    ("two\nlines", "two\nlines", "two\ufffdlines"),
    ("\x1b[31mred", "\x1b[31mred", "\ufffd[31mred"),
    ("right\u202eleft", "right\u202eleft", "right\ufffdleft"),
    (os.fsdecode(b"latin\xe9"), "latin\\xe9", "latin\\xe9"),
    ("-rf *", "-rf *", "-rf *"),
    ("名前", "名前", "名前"),
])
@pytest.mark.parametrize("suffix", ["", ".zip"])
def test_odd_names_are_kept_and_shown_safely(inbox, admit_one, name, student, shown, suffix):
    if suffix:
        write_zip(inbox / (name + suffix), {FILE: TEXT})
    else:
        write(inbox / name / FILE)
    found = admit_one()
    assert (found.student, found.shown_as) == (student, shown)
    assert len(found.files) == 1
    found.student.encode()  # can be stored


def test_a_folder_and_an_archive_of_the_same_name_are_two_submissions(inbox, lesson_1):
    write(inbox / "ana" / FILE)
    write_zip(inbox / "ana.zip", {FILE: TEXT})
    write_zip(inbox / ".zip", {FILE: TEXT})
    assert [found.student for found in submissions(inbox, [lesson_1])] == ["ana", "ana.zip"]


def test_long_names_are_shortened_where_they_are_shown():
    assert len(plain("x" * 5000)) == 100


# The inbox

def test_what_is_no_submission_is_said_and_what_is_hidden_is_not(inbox, lesson_1):
    write(inbox / "grades.csv")
    write(inbox / "lesson.py\x07")
    write(inbox / ".DS_Store")
    write(inbox / "ana" / FILE)
    strays = [found for found in submissions(inbox, [lesson_1]) if isinstance(found, str)]
    assert [stray.split(":")[0] for stray in strays] == ["grades.csv", "lesson.py\ufffd"]
    assert count(inbox, [lesson_1]) == 1


def test_an_inbox_that_is_none_is_said_in_one_line(inbox, lesson_1):
    with pytest.raises(CannotGrade, match="no folder"):
        count(inbox / "nowhere", [lesson_1])
    with pytest.raises(CannotGrade, match="no submissions"):
        count(inbox, [lesson_1])
    write(inbox / FILE)
    with pytest.raises(CannotGrade, match="is itself a submission; grade it with: course check"):
        count(inbox, [lesson_1])


def test_a_folder_that_cannot_be_read_is_refused(inbox, lesson_1, monkeypatch):
    def denied(path):
        raise PermissionError(13, "Permission denied")

    write(inbox / "ana" / FILE)
    monkeypatch.setattr(admission, "_entries", denied)
    assert "cannot be read: Permission denied" in refused_whole(admit(inbox / "ana", "ana", [lesson_1]))


def test_random_damage_is_never_an_error_of_the_grader(inbox, lesson_1):
    """Every single damaged byte of small archives: refused or read right, never raised."""
    write_zip(inbox / "ana.zip", {FILE: TEXT})
    write_tar(inbox / "ben.tar", {FILE: TEXT.encode()}, "w")
    for path in (inbox / "ana.zip", inbox / "ben.tar"):
        whole = path.read_bytes()[:1536]
        for place in range(len(whole)):
            damage = 0x55 + zlib.crc32(bytes([place % 256])) % 100
            path.write_bytes(whole[:place] + bytes([whole[place] ^ damage]) + whole[place + 1 :])
            found = admit(path, "x", [lesson_1])
            assert found.content and all(line.isprintable() for line in found.refused)
