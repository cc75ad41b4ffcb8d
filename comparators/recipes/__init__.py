"""Code to copy: a complete file that does a workload's tasks with a runner's model."""

from comparators.recipes.file import assemble, recipe_file

__all__ = ["assemble", "recipe_file"]
