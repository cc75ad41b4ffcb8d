"""The entry point: arguments in, exit code out; every error leaves in one form.

Exit codes: 0 all measured · 1 some cells failed, or the time was up before them · 2 usage or bad input · 3 a bug of
ours · 4 nothing selected · 5 output could not be written · 129, 130 and 143 interrupted, partial results saved.
"""

import errno
import sys
from collections.abc import Sequence

import click

from comparators.cli import output
from comparators.cli.group import Group, options_of
from comparators.errors import ComparatorsError, OutputError, UnknownName, UsageError

__all__ = ["COMMANDS", "INTERRUPTED", "main"]

INTERRUPTED = 130
BUG = 3
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG}
"""What a disk says that is full, over a quota, read-only or broken: not our fault."""

COMMANDS = {
    "run": ("comparators.cli.run:run", "Measure and answer: which model, how many workers, why."),
    "list": ("comparators.cli.list:list_", "Show the workloads and runners, and what applies here."),
    "show": ("comparators.cli.show:show", "Print the summary of a run again."),
    "recipe": ("comparators.cli.recipe:recipe", "Print the code to copy: a complete program."),
    "report": ("comparators.cli.report:report", "Draw every derived file of a run again."),
    "doctor": ("comparators.cli.doctor:doctor", "Look whether this host is fit to measure on, and how noisy it is."),
    "bench": ("comparators.cli.bench:bench", "Measure one cell as an ordinary pyperf script."),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        argv: arguments without the program's name; None for those of this process.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    output.prepare_streams()
    try:
        code = _guarded(arguments, debug="--debug" in arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        output.silence()
        return output.CLOSED_PIPE
    except OSError as error:  # what was held back for standard output can no longer be written
        output.say_error(_no_room(error))
        output.silence()
        return OutputError.exit_code
    return code


def _guarded(arguments: list[str], *, debug: bool) -> int:
    try:
        return _invoke(arguments)
    except (KeyboardInterrupt, click.Abort):
        output.note("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except SystemExit as exited:  # pyperf and argparse leave by it
        return exited.code if isinstance(exited.code, int) else int(exited.code is not None)
    except ComparatorsError as error:
        return _say(error, debug=debug)
    except OSError as error:
        return _say(_no_room(error), debug=debug) if error.errno in NO_ROOM else _say_bug(error, debug=debug)
    except Exception as error:  # noqa: BLE001  the last line of defence: a bug leaves in the form of an error, too
        return _say_bug(error, debug=debug)


def _invoke(arguments: list[str]) -> int:
    """Let click do its work, without its own ideas of errors and exits."""
    try:
        with _group().make_context("comparators", arguments) as context:
            code = context.command.invoke(context)
    except click.exceptions.NoArgsIsHelpError as error:
        output.note(error.format_message())
        return error.exit_code
    except click.exceptions.Exit as exited:
        return exited.exit_code
    except click.UsageError as error:
        raise _as_ours(error) from error
    return code if isinstance(code, int) else 0


def _group() -> Group:
    import comparators

    group = Group(
        "comparators",
        table=COMMANDS,
        no_args_is_help=True,
        help="""Which Python concurrency model should a piece of work use, with how many workers, and why?

        Measured on this machine: every model does the same work, the results are checked, and the answer comes
        with its reason, the code to copy and a report.

        \b
        Where to begin:
          comparators list                          what can be compared, and what applies here
          comparators doctor                        is this host fit to measure on?
          comparators run --preset quick            the built-in suite, in a few minutes
          comparators run integrate                 one workload, thoroughly
          comparators run my_file.py:my_function    your own function, with a list of its tasks beside it
        """,
        epilog="'comparators COMMAND --help' explains a command and shows examples.",
    )
    return click.version_option(comparators.__version__, prog_name="comparators")(group)


def _as_ours(error: click.UsageError) -> UsageError:
    """Say what click found wrong in the form that all errors have."""
    command = error.ctx.command_path if error.ctx else "comparators"
    tip = f"{command} --help"
    if isinstance(error, click.NoSuchOption) and error.ctx:
        return UnknownName("option", error.option_name, options_of(error.ctx.command, error.ctx))
    if isinstance(error, click.MissingParameter) and error.param:
        return UsageError(f"missing '{error.param.make_metavar(error.ctx)}'" if error.ctx else "missing value", tip=tip)
    message = error.format_message().rstrip(".")
    return UsageError(message[:1].lower() + message[1:], tip=tip)


def _no_room(error: OSError) -> OutputError:
    """Say that a disk is at its end; where measurements are concerned, a better message has come before."""
    where = f"'{error.filename}'" if error.filename else "the output"
    return OutputError(f"cannot write {where}: {error.strerror or error}", tip="make room, then the same command again")


def _say_bug(error: Exception, *, debug: bool) -> int:
    bug = ComparatorsError(
        f"this is a bug in comparators: {type(error).__name__}: {error}",
        tip="please report it, with the output of the same command and '--debug'",
    )
    _say(bug, debug=debug)
    return BUG


def _say(error: ComparatorsError, *, debug: bool) -> int:
    if debug:
        _show_traceback()
    output.say_error(error)
    return error.exit_code


def _show_traceback() -> None:
    import traceback

    traceback.print_exc()
