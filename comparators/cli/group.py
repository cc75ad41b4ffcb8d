"""Commands that are imported when they are called, and options that are given once."""

import importlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

import click

from comparators.errors import UnknownName, UsageError

__all__ = ["CONTEXT_SETTINGS", "Command", "Group", "Passthrough", "debug_option", "options_of"]

CONTEXT_SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def debug_option() -> click.Option:
    """Return the option that every command has; `comparators.cli.entry` looks for it."""
    return click.Option(["--debug"], is_flag=True, expose_value=False, help="Show the traceback of an error.")


def options_of(command: click.Command, context: click.Context) -> list[str]:
    """Return the long options of a command."""
    names = [name for each in command.get_params(context) if isinstance(each, click.Option) for name in each.opts]
    return [name for name in names if name.startswith("--")]


class Command(click.Command):
    """A command that refuses an option given twice, where click takes the last one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["context_settings"] = CONTEXT_SETTINGS | (kwargs.get("context_settings") or {})
        super().__init__(*args, **kwargs)
        self.params.append(debug_option())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does, after a look at what is given more than once.

        Raises:
            UsageError: an option that takes one value is given twice.
        """
        try:
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # so that the tip can name this command
            raise
        for param, times in Counter(order).items():
            if times > 1 and isinstance(param, click.Option) and not param.multiple:
                name = max(param.opts, key=len)
                raise UsageError(f"option '{name}' given {times} times", tip="give it once")
        return super().parse_args(ctx, args)


class Passthrough(click.Command):
    """A command that hands its arguments, `--help` included, to another parser."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the arguments as they are."""
        ctx.params["arguments"] = tuple(args)
        return []


class Group(click.Group):
    """A group over a fixed table of commands; `--help` shows the table and imports none of them.

    Args:
        table: by command, the target of its function and one line of help.
    """

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, context_settings=CONTEXT_SETTINGS, **kwargs)
        self.params.append(debug_option())
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  the signature is click's
        """Return the commands in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002  the signature is click's
        """Import a command.

        Raises:
            UnknownName: there is no such command.
        """
        if cmd_name not in self.table:
            raise UnknownName("command", cmd_name, self.table)
        module, _, attribute = self.table[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  the signature is click's
        """Write the table's own lines."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.table.items()])
