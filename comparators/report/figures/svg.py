"""Make matplotlib's SVG fit to stand inside a page: its own ids, the page's text colour, reasons on hover.

Matplotlib escapes `<`, `>` and quotes in everything it writes, so a `<…>` in its output is always a tag.
"""

import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from comparators.report.figures.letters import Words
from comparators.report.figures.style import FAINT, INK

__all__ = ["FONTS", "fit_for_page"]

FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
"""None of these is wider than the font that the layout was made for."""

_DROPPED = re.compile(r"<metadata>.*?</metadata>|<style\b.*?</style>|<defs>\s*</defs>", re.DOTALL)
_ROOT = re.compile(r"<svg\b[^>]*>")
_TAG = re.compile(r"<([A-Za-z]+)([^<>]*?)(/?)>")
_ATTRIBUTE = re.compile(r"""([\w:-]+)="([^"]*)\"""")
_REFERENCE = re.compile(r"url\(#")


def fit_for_page(
    svg: str, *, name: str, alt: str, size: tuple[float, float], hovers: Mapping[str, str], words: Iterable[Words]
) -> str:
    """Return one `<svg>` element.

    Style declarations become attributes, so a page may forbid inline styles, and no rule leaks into the page.

    Args:
        svg: as matplotlib wrote it.
        name: of the picture; every id begins with it.
        alt: the text alternative.
        size: width and height in points.
        hovers: text to show over an artist, by its gid.
        words: texts, which lie above everything else.
    """
    body = _DROPPED.sub("", svg[svg.index("<svg") :])
    body = _TAG.sub(lambda found: _tag(found, name, hovers), body)
    body = re.sub(r"\s*\n\s*", " ", body).strip()
    width, height = (f"{points:g}" for points in size)
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label={quoteattr(alt)} font-model="{FONTS}"'
        ' stroke-linejoin="round" stroke-linecap="butt">'
    )
    return _ROOT.sub(lambda _: root, body, count=1).removesuffix("</svg>") + "".join(map(_text, words)) + "</svg>"


def _text(words: Words) -> str:
    """Return a line of text as an element."""
    attributes = {"x": f"{words.x:.1f}", "y": f"{words.y:.1f}", "font-size": f"{words.size:g}"}
    attributes["fill"] = "currentColor" if words.colour == INK else words.colour
    if words.align != "left":
        attributes["text-anchor"] = "middle" if words.align == "center" else "end"
    if words.bold:
        attributes["font-weight"] = "700"
    if words.faint:
        attributes["opacity"] = f"{FAINT:g}"
    if words.rotation:
        attributes["transform"] = f"rotate({-words.rotation:g} {words.x:.1f} {words.y:.1f})"
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<text{written}>{_title(words.hover)}{escape(words.text)}</text>"


def _title(hover: str) -> str:
    return f"<title>{escape(hover)}</title>" if hover else ""


def _tag(found: re.Match[str], name: str, hovers: Mapping[str, str]) -> str:
    element, attributes, closing = found.groups()
    if element == "svg":
        return found[0]
    title = ""
    written = []
    for key, value in _attributes(attributes):
        if key == "id" and value in hovers:
            title = _title(hovers[value])
            written.append('pointer-events="all"')
        elif key != "id":
            written.append(f'{key.removeprefix("xlink:")}="{_value(key, value, name)}"')
        elif element != "g":
            written.append(f'id="{name}-{value}"')
    return f"<{' '.join([element, *written])}{closing}>{title}"


def _attributes(text: str) -> list[tuple[str, str]]:
    """Return an element's attributes with its style taken apart; the font model is the root's alone."""
    found: list[tuple[str, str]] = []
    for key, value in _ATTRIBUTE.findall(text):
        if key == "style":
            declarations = (part.partition(":") for part in value.split(";") if ":" in part)
            found += [(name.strip(), rest.strip()) for name, _, rest in declarations]
        else:
            found.append((key, value))
    return [one for one in found if one[0] != "font-model"]


def _value(key: str, value: str, name: str) -> str:
    if key.endswith("href"):
        return f"#{name}-{value.removeprefix('#')}"
    return _REFERENCE.sub(f"url(#{name}-", value).replace(INK, "currentColor")
