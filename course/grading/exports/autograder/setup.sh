#!/usr/bin/env bash
# Runs once, when Gradescope builds the image: an environment for the course, and bubblewrap.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source/course_files"

if command -v apt-get >/dev/null; then
    apt-get update -qq
    # Where the container allows it, answers run behind walls; where not, results say so.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq bubblewrap >/dev/null || true
fi

find_python() {
    for version in 3.13 3.12 3.11; do
        if command -v "python$version" >/dev/null && "python$version" -c 'import venv, ensurepip' 2>/dev/null; then
            command -v "python$version"
            return
        fi
    done
}

python="$(find_python)"
if [ -z "$python" ] && command -v apt-get >/dev/null; then
    for version in 3.13 3.12 3.11; do
        if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "python$version" "python$version-venv" >/dev/null 2>&1; then
            break
        fi
    done
    python="$(find_python)"
fi
if [ -z "$python" ]; then
    echo "The course needs Python 3.11, 3.12 or 3.13, and this image offers none. Choose a newer base image." >&2
    exit 1
fi

"$python" -m venv "$root/environment"
"$root/environment/bin/python" -m pip install --quiet --disable-pip-version-check -c "$source/constraints.txt" -e "$source"
