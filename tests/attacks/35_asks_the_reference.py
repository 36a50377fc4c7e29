"""Asks for the reference's answers: requests on its own socket, other sockets, the grader's own modules.

Loses: 1.2
Stopped by: A, B
Process: not promised: the package and the solutions lie on the disk, readable by the same user
"""
import importlib
import os
import socket

from course.grading.codec import Reference
from course.grading.protocol import send


def filter_response(patch, kernel):
    for module in ("course.catalog", "course.grading.session", "course.grading.lesson_workers", "course.grading.worker_process",
                   "course.grading.answers", "course.grading.wrong_answers", "solutions", "tests"):
        try:
            importlib.import_module(module)
            print("LEAK", module)
        except ImportError:
            pass
    try:
        names = [line.split()[-1] for line in open("/proc/net/unix") if "@" in line]
        if names:
            print("LEAK sockets", names)
    except OSError:
        pass
    for number in range(3, 64):
        try:
            own = socket.socket(fileno=os.dup(number))
            send(own, {"op": "call", "function": "filter_response", "args": [patch, kernel], "kwargs": {}, "role": "reference"})
        except OSError:
            pass
    return Reference("model", 0)
