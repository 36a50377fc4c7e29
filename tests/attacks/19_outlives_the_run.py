"""Leaves things that should outlive the run: atexit handlers, threads, a daemon with two forks and a session of its own.

Loses: 1.2
Stopped by: B, C
"""
import atexit
import os
import signal
import threading
import time


def live_on():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(0.2)


def filter_response(patch, kernel):
    atexit.register(time.sleep, 1000)
    threading.Thread(target=time.sleep, args=(1000,)).start()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            live_on()
        os._exit(0)
    return 0.0
