"""Memory for training: blocks that are freed are kept for the next update instead of being handed back to the
system."""

from __future__ import annotations

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # names and numbers of glibc's malloc.h


def keep_freed_blocks() -> bool:
    """Tell the C library of this process to keep freed memory; return whether it understood.

    A batch's logits are a block of a hundred megabytes. By default it is mapped afresh for every update, and the system
    fills it with zeros page by page first. The process keeps its highest use of memory, so this is for processes that
    only train.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library than glibc
        return False
    return bool(set_option(M_MMAP_MAX, 0)) and bool(set_option(M_TRIM_THRESHOLD, -1))
