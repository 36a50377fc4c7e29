"""Crashes Python in C, hoping for a core dump with what the machine knows.

Loses: 1.2
Says: SIGSEGV
Stopped by: C
"""
import ctypes


def filter_response(patch, kernel):
    return ctypes.string_at(0)
