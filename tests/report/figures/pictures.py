"""What the tests of the figures share."""

import io
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace

from comparators.verdict.model import Standing, Verdict

from comparators.journal.records import Run
from comparators.report.figures import Picture, draw_figures
from tests.examples import example_run, example_verdicts

SVG = "{http://www.w3.org/2000/svg}"


def drawn(run: Run, verdicts: Sequence[Verdict] | None = None) -> dict[str, Picture]:
    """Return the pictures of a run by name."""
    pictures = draw_figures(run, example_verdicts(run) if verdicts is None else verdicts)
    found = {picture.name: picture for picture in pictures}
    assert len(found) == len(pictures)
    return found


def hovers(picture: Picture) -> list[str]:
    """Return everything that a picture shows on hover."""
    return [title.text or "" for title in ET.fromstring(picture.svg).iter(f"{SVG}title")]


def texts(picture: Picture) -> list[str]:
    """Return everything that is written in a picture."""
    return ["".join([one.text or "", *(child.tail or "" for child in one)]) for one in tree(picture).iter(f"{SVG}text")]


def tree(picture: Picture) -> ET.Element:
    """Return a picture's SVG as elements."""
    return ET.fromstring(picture.svg)


def png_size(picture: Picture) -> tuple[int, int]:
    """Decode a picture's PNG completely and return its width and height."""
    from PIL import Image

    with Image.open(io.BytesIO(picture.png)) as image:
        image.load()
        assert image.format == "PNG"
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
        return image.size


def verdict_of(workload: str, **changes: object) -> Verdict:
    """Return the verdict of a small made-up comparison that futures-processes wins, some of its fields replaced."""
    (verdict,) = example_verdicts(example_run(workloads=(workload,), phases=("warm",), failures=False))
    verdict = replace(verdict, outcome="win", winners=("futures-processes",))
    return replace(verdict, **changes)  # type: ignore[arg-type]  # the tests know the fields


def standing_of(verdict: Verdict, label: str) -> Standing:
    """Return one runner's standing."""
    return next(one for one in verdict.standings if one.runner.label == label)


def with_standing(verdict: Verdict, label: str, **changes: object) -> Verdict:
    """Return a verdict with one standing changed."""
    changed = [
        replace(one, **changes) if one.runner.label == label else one  # type: ignore[arg-type]  # as above
        for one in verdict.standings
    ]
    return replace(verdict, standings=tuple(changed))
