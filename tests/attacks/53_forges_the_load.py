"""Answers the request to load it itself, with nonsense, and then says that everything is right.

Loses: 1.1, 1.2, 1.3, 1.4
Says: its reply had
Stopped by: A, D, E
"""
import os
import socket
import stat

from course.grading.protocol import send

for number in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            own = socket.socket(fileno=os.dup(number))
            send(own, {"status": "ok", "value": None, "problems": [{"file": 1, "line": "x"}] * 100})
            while True:
                send(own, {"status": "ok", "value": 14.0})
    except OSError:
        pass
