"""Sends ten thousand replies ahead, for requests that have not been made yet. Only its own later answers suffer.

Loses: 1.1, 1.2
Stopped by: A, D
"""
import os
import socket

from course.grading.protocol import send


def to_grayscale(image):
    for number in range(3, 64):
        try:
            own = socket.socket(fileno=os.dup(number))
            for _ in range(10_000):
                send(own, {"status": "ok", "value": 14.0})
        except OSError:
            pass


def filter_response(patch, kernel):
    return 0.0
