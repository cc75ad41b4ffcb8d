"""Code to copy: what a person would write to use a model on a piece of work."""

from comparators.recipes.source import script, snippet

__all__ = ["script", "snippet"]
