"""Draws a QR code as SVG, without any style of its own. Dark on light in both themes, as cameras need it."""

import segno
from markupsafe import Markup

BORDER = 2  # modules around it


def svg(text: str) -> Markup:
    """The code of a text, to stand inside an element that names it."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=BORDER, omitsize=True, svgclass="qr-code", lineclass=None))  # noqa: S704
