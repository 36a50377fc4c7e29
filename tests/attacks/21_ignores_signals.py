"""Loops for ever with every signal ignored that can be ignored.

Loses: 1.2
Says: did not return within
Stopped by: C
"""
import signal


def filter_response(patch, kernel):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    while True:
        pass
