"""Processes that may hang, crash or leave others behind: how they are watched, ended and cleaned up after."""
