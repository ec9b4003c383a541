"""Paper for PDFs, in the portal's own letters."""

from pathlib import Path
from typing import Self

from django.conf import settings
from fpdf import FPDF

_FONTS = {"Inter": "inter/inter-latin.woff2", "Inter more": "inter/inter-latin-ext.woff2"}


class Paper(FPDF):
    """Made in a `with`: the fonts are open files until its end. `known` holds the characters that can be drawn."""

    known: frozenset[int] = frozenset()

    def __enter__(self) -> Self:
        # Not before: what fails while the paper is laid out would leave them open.
        for name, file in _FONTS.items():
            self.add_font(name, "", Path(settings.BASE_DIR) / "static" / "vendor" / file)
        self.set_fallback_fonts(["Inter more"])
        self.known = frozenset(code for font in self.fonts.values() for code in getattr(font, "cmap", {}))
        return self

    def __exit__(self, *error: object) -> None:
        for font in self.fonts.values():
            if hasattr(font, "ttfont"):
                font.ttfont.close()
