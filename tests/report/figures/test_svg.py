import xml.etree.ElementTree as ET

from comparators.report.figures.letters import Words
from comparators.report.figures.style import INK
from comparators.report.figures.svg import fit_for_page

SVG = "{http://www.w3.org/2000/svg}"
RAW = f"""<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata><rdf:RDF xmlns:rdf="http://example.org/">x</rdf:RDF></metadata>
 <defs>
  <style type="text/css">*{{stroke-linejoin: round}}</style>
 </defs>
 <g id="figure_1">
  <g id="hover-0"><defs><path id="m1" d="M 0 0
L 1 1"/></defs><use xlink:href="#m1" style="fill: {INK}; stroke: #d55e00"/></g>
  <g id="patch_1"><path d="M 0 0" style="fill: url(#h2)"/></g>
 </g>
</svg>
"""


def fitted(words: list[Words] | None = None, hover: str = "why & <how>") -> ET.Element:
    svg = fit_for_page(
        RAW, name="my-name", alt='All "in" <words>.', size=(9, 7), hovers={"hover-0": hover}, words=words or []
    )
    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>")
    return ET.fromstring(svg)


def test_styles_become_attributes_and_the_ink_the_colour_of_the_page() -> None:
    (use,) = fitted().iter(f"{SVG}use")
    assert use.attrib == {"href": "#my-name-m1", "fill": "currentColor", "stroke": "#d55e00"}


def test_nothing_that_would_reach_the_page_is_left() -> None:
    tags = {element.tag for element in fitted().iter()}
    assert tags == {f"{SVG}{name}" for name in ("svg", "g", "defs", "path", "use", "title")}


def test_ids_and_references_carry_the_name_of_the_picture() -> None:
    root = fitted()
    assert [element.attrib["id"] for element in root.iter() if "id" in element.attrib] == ["my-name-m1"]
    assert [path.attrib["fill"] for path in root.iter(f"{SVG}path") if "fill" in path.attrib] == ["url(#my-name-h2)"]


def test_a_hover_is_the_title_of_its_mark() -> None:
    (title,) = fitted().iter(f"{SVG}title")
    assert title.text == "why & <how>"
    (group,) = [one for one in fitted().iter(f"{SVG}g") if one.find(f"{SVG}title") is not None]
    assert group.attrib == {"pointer-events": "all"}


def test_the_root_speaks_for_the_picture() -> None:
    root = fitted()
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == 'All "in" <words>.'
    assert root.attrib["viewBox"] == "0 0 9 7"


def test_words_become_text_with_their_place_and_look() -> None:
    words = Words("a < b", 1, 2, 9, "#101010", align="right", bold=True, faint=True, rotation=60, hover="h")
    (text,) = fitted([words]).iter(f"{SVG}text")
    assert text.attrib == {
        "x": "1.0", "y": "2.0", "font-size": "9", "fill": "#101010", "text-anchor": "end", "font-weight": "700",
        "opacity": "0.72", "transform": "rotate(-60 1.0 2.0)",
    }  # fmt: skip
    assert text[0].text == "h"
    assert text[0].tail == "a < b"
