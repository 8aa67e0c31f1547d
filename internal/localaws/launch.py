"""Runs MiniStack for as long as standard input stays open, then ends its whole process group.

The parent holds the other end: however it ends, killed included, the pipe closes and nothing is left running.
The argument is the directory to remove at the end, or empty to keep it.
"""

import os
import shutil
import signal
import sys
import threading
import traceback

GRACE = 8.0  # seconds to write the state before being killed
scratch = sys.argv.pop()


def leave():
    sys.stdout.flush()
    sys.stderr.flush()
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def follow_parent():
    os.read(0, 1)
    late = threading.Timer(GRACE, leave)
    late.daemon = True
    late.start()
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=follow_parent, daemon=True).start()
try:
    from ministack.app import main

    main()
except Exception:
    traceback.print_exc()
finally:
    leave()
