"""Writes the results file, a gradebook and a cache into the project, the home and beside the submission.

Loses: 1.2
Stopped by: B, E
Process: not promised: a process of the same user writes where that user may
"""
import os

written = []
for folder in ("@ROOT@", "@ROOT@/build", "@ROOT@/.course", "@ROOT@/solutions", "@ROOT@/tests/lessons", "@ROOT@/../submissions", "@HOME@",
               "/course", "/course/course/grading", "/var/tmp", "/proc/1/cwd", "/proc/1/root/tmp/..", os.path.dirname(os.__file__)):
    for name in ("result.json", "gradebook.sqlite", "planted-14.pth"):
        try:
            with open(f"{folder}/{name}", "w") as file:
                file.write('{"score": 24}')
            written.append(f"{folder}/{name}")
        except OSError:
            pass


def filter_response(patch, kernel):
    if written:
        print("LEAK", written)
