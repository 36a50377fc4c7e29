"""The repository keeps its own rules: what README names exists, and nothing of one machine is in it."""

import re
import subprocess

import pytest

REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "registry." + "npmjs", "deb." + "debian")


@pytest.fixture(scope="module")
def tracked(root):
    """Every tracked text file with its content. Outside a git checkout, the test says so."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout, so it is not known which files belong to the project")
    texts = {}
    for name in listed.stdout.split("\0"):
        try:
            texts[name] = (root / name).read_text(encoding="utf-8") if name else ""
        except (UnicodeDecodeError, FileNotFoundError):
            continue
    return texts


def test_no_package_registry_is_named_by_address(tracked):
    assert [name for name, text in tracked.items() if any(host in text for host in REGISTRIES)] == []


def test_no_path_of_one_machine_stands_in_a_file(tracked):
    path = re.compile(r"(?<![\w.~/])/(?:home|root|Users|work)/\w")
    assert [name for name, text in tracked.items() if path.search(text) and name != "tests/course/test_documents.py"] == []


def test_constraints_hold_names_and_versions_only(root):
    for line in (root / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[\w.+!-]+", line), line


def test_every_make_target_that_readme_names_exists(root):
    targets = set(re.findall(r"^(\w+):", (root / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^    |`)make (\w+)", (root / "README.md").read_text(), re.MULTILINE))
    assert named and named <= targets


def test_every_command_that_the_guides_name_exists(root):
    from course.cli import app, author

    known = {command.name or command.callback.__name__ for command in app.registered_commands} | {"author"}
    authors = {command.name or command.callback.__name__ for command in author.registered_commands}
    for guide in ("README.md", "site/contributing.md", "site/index.md"):
        text = (root / guide).read_text(encoding="utf-8")
        for words in re.findall(r"(?:^ *|`|bin/)course ([a-z][a-z|]*(?: [a-z|]+)?)", text, re.MULTILINE):
            command, _, rest = words.partition(" ")
            assert command in known, f"{guide}: course {words}"
            if command == "author":
                assert set(rest.split("|")) <= authors, f"{guide}: course {words}"
