"""A finished picture: bytes to write, markup to put into a page, and the words that stand for it."""

from dataclasses import dataclass

__all__ = ["Picture"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in both forms.

    Attributes:
        name: safe as a file name without its ending: lower-case letters, digits and hyphens.
        title: the finding, in words.
        alt: full sentences for who cannot see the picture.
        png: on a white background.
        svg: one `<svg>` element for a page: transparent, text and axes in the page's own text colour, ids that no
            other picture of the run has, reasons as `<title>`.
        workload: label of the workload it is about; empty for the whole run.
    """

    name: str
    title: str
    alt: str
    png: bytes
    svg: str
    workload: str = ""
