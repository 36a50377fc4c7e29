"""Sends a frame that says it is small and is large, then one that says it is enormous.

Loses: 1.1, 1.2
Says: unreadable
Stopped by: D
"""
import os
import socket
import struct


def say(data):
    for number in range(3, 64):
        try:
            socket.socket(fileno=os.dup(number)).sendall(data)
        except OSError:
            pass


def to_grayscale(image):
    say(struct.pack("<I", 2**32 - 1) + b"x" * 10**6)
    return 0.0


def filter_response(patch, kernel):
    array = b"a" + struct.pack("<BB2q", 12, 2, 2**31, 2**31)
    say(struct.pack("<I", len(array)) + array + b"x" * 2**20)
    return 0.0
