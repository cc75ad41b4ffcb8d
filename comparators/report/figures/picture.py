"""A finished picture: bytes to write, markup to put into a page, and the words that stand for it."""

from dataclasses import dataclass

__all__ = ["Picture"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in both forms.

    Attributes:
        name: safe as a file name without its ending: lower-case letters, digits and hyphens; the kind comes first.
        title: its lesson, in words.
        alt: full sentences for readers who cannot see it.
        png: on a white background.
        svg: one `<svg>` element for a page: transparent, with ids that no other picture of the run has.
        comparison: key of the comparison that it is about; empty for the whole run.
    """

    name: str
    title: str
    alt: str
    png: bytes
    svg: str
    comparison: str = ""

    @property
    def kind(self) -> str:
        """What it shows: `models`, `workers`, `memory`, `samples` or `suite`."""
        return self.name.partition("-")[0]
