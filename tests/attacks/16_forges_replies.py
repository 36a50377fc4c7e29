"""Writes well-formed replies with forged fields into its own socket.

Loses: 1.1, 1.2, 1.3, 1.4
Says: its reply had
Stopped by: A, D, E
"""
import os
import socket
import stat

from course.grading.protocol import send

FORGED = [
    {"status": "passed", "score": 2, "value": 14.0},
    {"status": "ok"},
    {"status": "ok", "value": None, "printed": 5, "printed_count": "many"},
    {"status": "ok", "value": None, "seconds": float("nan")},
    {"status": "ok", "value": None, "changed": [{"a": 1}], "problems": 5},
    {"status": "raised", "error": {"types": [], "message": 7, "frames": [1, 2]}},
    {"status": "raised", "error": {"types": ["Passed"] * 1000, "message": "x" * 10**6, "frames": [{"file": 1}]}},
    {"status": "missing"}, {"status": "signature", "signature": None}, {"status": "too_large"}, {"status": ["ok"]}, ["ok"], 14.0,
]


def forge(which):
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                send(socket.socket(fileno=os.dup(number)), FORGED[which])
        except OSError:
            pass
    os._exit(0)


def to_grayscale(image):
    forge(0 if image.shape[0] == 2 else 1)


def filter_response(patch, kernel):
    forge(2 if patch.shape == (2, 2) else 4)


def convolve2d(image, kernel, padding="valid"):
    forge({"valid": 5, "same": 6, "reflect": 7}.get(padding, 8))


def output_size(size, kernel, stride=1, padding="valid"):
    forge(9 + size % 4)
