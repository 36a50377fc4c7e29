"""Writes until nothing more can be written, in every folder that it may write to.

Loses: 1.2
Stopped by: B, C
Process: not promised: without a file system of its own there is no limit on the total
"""


def filter_response(patch, kernel):
    block = b"x" * 2**22
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "@HOME@", "@ROOT@"):
        for number in range(60):
            try:
                with open(f"{folder}/planted-{number}", "wb") as file:
                    for _ in range(20):
                        file.write(block)
            except OSError:
                pass
    return 0.0
