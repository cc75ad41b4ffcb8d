import os
from threading import Thread

from comparators.workloads.coordination._support.stack_text import LONGEST, stack


def outer() -> str:
    return inner()


def inner() -> str:
    return stack()


def test_the_innermost_comes_first_without_paths() -> None:
    first, second, third, *_ = outer().splitlines()
    assert first.startswith(f"process {os.getpid()}, thread ")
    line = inner.__code__.co_firstlineno + 1
    assert second == f"  {__name__}, line {line}, in inner"
    assert third.endswith(", in outer")
    assert os.sep not in outer().replace(first, "")


def test_it_says_which_thread_and_is_short() -> None:
    found: list[str] = []

    def deep(levels: int) -> None:
        if levels:
            deep(levels - 1)
        else:
            found.append(stack())

    thread = Thread(target=deep, args=(50,), name="the one that waits")
    thread.start()
    thread.join()
    assert found[0].splitlines()[0].endswith("thread the one that waits")
    assert len(found[0].splitlines()) == 1 + LONGEST
