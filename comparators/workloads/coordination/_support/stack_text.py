"""Where a task is: its stack as a few lines of text that can travel with its result."""

__all__ = ["LONGEST", "stack"]

LONGEST = 8
"""Frames that are kept, the innermost; what is outside of them is the runner's own business."""


def stack() -> str:
    """Return process and thread, then where the caller is and who called it, the innermost first.

    Files are named by module, not by path: the text is compared, kept and shown on other machines.
    """
    import os
    import threading
    from inspect import currentframe

    frame = currentframe()
    lines = [f"process {os.getpid()}, thread {threading.current_thread().name}"]
    while (frame := frame.f_back if frame else None) and len(lines) <= LONGEST:
        place = f"{frame.f_globals.get('__name__', '?')}, line {frame.f_lineno}, in {frame.f_code.co_name}"
        lines.append(f"  {place}")
    return "\n".join(lines)
