"""Reports: `page.build_report` makes one self-contained page, `pictures.files.save_pictures` pictures for slides.

Nothing heavy is imported before one of them is asked for by name.
"""

from __future__ import annotations

__all__: list[str] = []
