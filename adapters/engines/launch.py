"""Turn into an engine that ends when its parent does. A script: it runs before the engine exists.

A process of its own, because between fork and exec a process with threads may do nothing safely.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
CANNOT_EXECUTE = 126  # As shells say it.
PARENT_IS_GONE = 125


def main(parent: str, death_signal: str, uid: str, gid: str, *command: str) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    # Last, because a change of credentials forgets it.
    if ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        sys.exit("prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != int(parent):
        sys.exit(PARENT_IS_GONE)  # It died before we asked to be told.
    os.umask(0o077)
    try:
        os.execv(command[0], command)  # noqa: S606 - no shell is the point.
    except PermissionError:
        sys.exit(CANNOT_EXECUTE)


if __name__ == "__main__":
    main(*sys.argv[1:])
