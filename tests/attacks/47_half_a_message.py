"""Sends the beginning of a reply, one byte at a time, and never ends.

Loses: 1.2
Says: did not return within
Stopped by: C
"""
import os
import socket
import struct
import time


def filter_response(patch, kernel):
    for number in range(3, 64):
        try:
            own = socket.socket(fileno=os.dup(number))
            own.sendall(struct.pack("<I", 1000))
            while True:
                own.sendall(b"d")
                time.sleep(0.01)
        except OSError:
            pass
