"""What worker processes do. A module of its own, so that a process which starts imports no more than this."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.queues import SimpleQueue

    from comparators.runner import Initializer

__all__ = ["serve_pipe", "serve_queue"]


def serve_queue(
    pending: "SimpleQueue[Any]", done: "SimpleQueue[Any]", work: Callable[[Any], Any], initializer: "Initializer | None"
) -> None:
    """Take tasks from one queue and put results into the other, until there comes a None."""
    _initialize(initializer)
    for index, task in iter(pending.get, None):
        try:
            done.put((index, work(task)))
        except BaseException as error:  # noqa: BLE001  also SystemExit: the parent reports it as the task's own
            done.put((None, _portable(error)))


def serve_pipe(
    connection: "Connection[Any, Any]", work: Callable[[Any], Any], initializer: "Initializer | None"
) -> None:
    """Receive tasks and send results, until there comes a None."""
    _initialize(initializer)
    for index, task in iter(connection.recv, None):
        try:
            connection.send((index, work(task)))
        except BaseException as error:  # noqa: BLE001  also SystemExit: the parent reports it as the task's own
            connection.send((None, _portable(error)))


def _initialize(initializer: "Initializer | None") -> None:
    if initializer is not None:
        function, arguments = initializer
        function(*arguments)


def _portable(error: BaseException) -> BaseException:
    """Return the exception with its traceback as a note, or its text where it does not survive pickling."""
    import pickle
    import traceback

    error.add_note("in a worker process:\n" + "".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  just written here
    except Exception as cause:  # noqa: BLE001  pickling runs the exception's own code
        return RuntimeError(f"{type(error).__qualname__}: {error} (cannot be pickled: {cause})")
    return error
