"""Writes to the memory of other processes, to kernel settings and to devices; looks for programs that give rights.

Loses: 1.2
Stopped by: B
Process: not promised: it has the rights of the grader's user
"""
import glob
import os
import stat


def filter_response(patch, kernel):
    done = []
    paths = ["/proc/1/mem", f"/proc/{os.getppid()}/mem", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname",
             "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/fuse", "/dev/kvm", "/dev/tty", "/dev/console", "/dev/net/tun",
             "/sys/kernel/uevent_helper", "/etc/passwd", "/usr/lib/planted", "/planted", "/dev/planted", "/course/planted"]
    for path in paths:
        try:
            os.close(os.open(path, os.O_WRONLY | (os.O_CREAT if "planted" in path else 0)))
            done.append(path)
        except OSError:
            pass
    for path in glob.glob("/usr/bin/*") + glob.glob("/bin/*") + glob.glob("/usr/sbin/*"):
        if os.stat(path).st_mode & stat.S_ISUID:
            done.append(path)
    for name, action in (("setuid", lambda: os.setuid(0)), ("chroot", lambda: os.chroot("/tmp")), ("nice", lambda: os.nice(-5)),
                         ("mknod", lambda: os.mknod("/tmp/sda", stat.S_IFBLK | 0o600, os.makedev(8, 0)))):
        try:
            action()
            done.append(name)
        except OSError:
            pass
    if done:
        print("LEAK", done)
    return 0.0
