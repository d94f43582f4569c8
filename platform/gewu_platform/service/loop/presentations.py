"""How a department shows the course of its cases."""

from __future__ import annotations

from gewu_platform.core.presentations import PRESENTATIONS, WHOLE, Presentation
from gewu_platform.service.engine import Engine


def presentation_of(engine: Engine, department: str) -> Presentation:
    """What the department's pack chose; the whole course where it chose nothing, or cannot be read now."""
    return PRESENTATIONS[engine.catalogue.presentations.get(department, WHOLE.name)]
