"""Folders of photographs as people have them: odd formats are read, bad files are named, nothing is lost."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course.data.photos import PhotosUnusable, Skipped, load_photos, summary_of_skipped


def in_another_process(folder: Path, size: int = 32) -> dict:
    """What load_photos gives; in a process of its own, because it imports Keras."""
    script = ("import json, sys\nfrom course.data.photos import load_photos\nphotos = load_photos(sys.argv[1], int(sys.argv[2]), progress=True)\n"
              "print(json.dumps({'shape': photos.images.shape, 'dtype': str(photos.images.dtype), 'labels': photos.labels.tolist(),\n"
              "    'middle': photos.images[:, 16, 16].tolist(), 'corner': photos.images[:, 1, 1].tolist(), 'files': photos.files,\n"
              "    'names': photos.class_names, 'source': photos.source, 'skipped': {one.file: one.reason for one in photos.skipped}}))")
    done = subprocess.run([sys.executable, "-c", script, str(folder), str(size)], capture_output=True, text=True,
                          env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]) | {"stderr": done.stderr}


def fingerprint(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path):
    """Two classes: every odd but readable format in one, everything unreadable in the other."""
    good, bad = tmp_path / "pets" / "good", tmp_path / "pets" / "mixed"
    good.mkdir(parents=True)
    (bad / "deeper").mkdir(parents=True)
    red = Image.new("RGB", (60, 40), (200, 30, 30))
    red.save(good / "01 plain.jpg", quality=95)
    red.convert("CMYK").save(good / "02 cmyk.jpg", quality=95)
    red.convert("L").save(good / "03 grey.png")
    Image.fromarray(np.full((40, 60), 65535 // 2, np.uint16)).save(good / "04 sixteen bits.png")
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(good / "05 transparent.png")
    red.save(good / "06.webp", lossless=True)
    red.save(good / "07.tiff")
    red.quantize(4).save(good / "08 palette.gif")
    sideways = Image.new("RGB", (60, 40), (30, 30, 200))
    sideways.paste((200, 30, 30), (0, 0, 30, 40))
    exif = Image.Exif()
    exif[274] = 6  # the camera was held sideways: left becomes top
    sideways.save(good / "09 sideways.jpg", exif=exif, quality=95)
    red.save(bad / "deeper" / "fine.png")
    (bad / "letter.jpg").write_text("Dear reader, this is no picture.")
    (bad / "empty.png").touch()
    red.resize((600, 400)).save(bad / "whole.jpg")
    (bad / "cut.jpg").write_bytes((bad / "whole.jpg").read_bytes()[:900])
    (bad / "whole.jpg").unlink()
    (bad / "notes.txt").write_text("shopping")
    (bad / ".DS_Store").write_bytes(b"\0\0")
    return tmp_path / "pets"


def test_odd_formats_are_read_and_bad_files_are_named_and_left_out(folder):
    before = fingerprint(folder)
    photos = in_another_process(folder)
    assert photos["shape"] == [10, 32, 32, 3] and photos["dtype"] == "uint8"
    assert photos["names"] == ["good", "mixed"] and photos["labels"] == [0] * 9 + [1]
    assert photos["files"][-1] == "mixed/deeper/fine.png" and photos["files"][:9] == sorted(photos["files"][:9])
    middle = dict(zip(photos["files"], photos["middle"], strict=True))
    for name in ("01 plain.jpg", "06.webp", "07.tiff", "08 palette.gif"):
        assert np.abs(np.array(middle[f"good/{name}"]) - (200, 30, 30)).max() <= 6, name
    assert np.abs(np.array(middle["good/02 cmyk.jpg"]) - (200, 30, 30)).max() <= 12
    assert len(set(middle["good/03 grey.png"])) == 1
    assert np.abs(np.array(middle["good/04 sixteen bits.png"]) - 127).max() <= 1
    assert middle["good/05 transparent.png"] == [255, 255, 255]
    corner = dict(zip(photos["files"], photos["corner"], strict=True))["good/09 sideways.jpg"]
    assert corner[0] > 150 > corner[2], "the picture was not turned upright"
    assert photos["skipped"] == {
        "mixed/cut.jpg": "damaged or cut off", "mixed/empty.png": "empty file",
        "mixed/letter.jpg": "not a picture, whatever its name says", "mixed/notes.txt": "no picture: .txt"}
    assert "left out 4 files: mixed/cut.jpg (damaged or cut off); " in photos["stderr"] and "; and 1 more" in photos["stderr"]
    assert "9 good, 1 mixed" in photos["source"]
    assert fingerprint(folder) == before, "a folder of photographs is only read"


@pytest.mark.parametrize(("make", "said"), [
    (lambda folder: None, "there is no such folder"),
    (lambda folder: folder.write_text("x"), "this is a file"),
    (lambda folder: folder.mkdir(), "the folder is empty; put the pictures of each class into a folder of its own"),
    (lambda folder: (folder.mkdir(), Image.new("RGB", (4, 4)).save(folder / "a.png")), "the pictures lie in no class folder"),
    (lambda folder: (folder / "cats").mkdir(parents=True), "there is one class only, cats"),
    (lambda folder: ((folder / "cats").mkdir(parents=True), (folder / "dogs").mkdir()), "the class cats has no readable picture (it is empty)"),
])
def test_an_unusable_folder_gets_one_line_that_says_what_to_do(tmp_path, make, said):
    folder = tmp_path / "photos"
    make(folder)
    with pytest.raises(PhotosUnusable) as failure:
        load_photos(folder)
    assert said in str(failure.value) and str(folder) in str(failure.value) and "\n" not in str(failure.value)


def test_a_class_with_only_bad_files_names_them(tmp_path):
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "cats" / "a.png")
    (tmp_path / "dogs" / "rex.jpg").write_text("woof")
    with pytest.raises(PhotosUnusable, match=r"the class dogs has no readable picture \(left out 1 file: dogs/rex.jpg"):
        load_photos(tmp_path)


def test_a_long_list_of_bad_files_stays_one_line():
    many = tuple(Skipped(f"cats/{number}.jpg", "empty file") for number in range(50))
    assert summary_of_skipped(many).endswith("; and 47 more") and summary_of_skipped(many).startswith("left out 50 files: cats/0.jpg")


@pytest.mark.real_data
def test_real_photographs_are_read_class_by_class(real_data):
    photos = in_another_process(real_data / "flowers", 96)
    assert photos["shape"] == [1200, 96, 96, 3] and photos["skipped"] == {}
    assert photos["labels"] == sorted(photos["labels"]) and photos["names"] == ["daisy", "dandelion", "roses", "sunflowers", "tulips"]
