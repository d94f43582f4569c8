"""An element as the text of an XML document."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element_text(element: ET.Element) -> str:
    """The element on its own. Characters that no XML document may hold, as an author's text may, are replaced."""
    return _ILLEGAL.sub("\ufffd", ET.tostring(element, encoding="unicode"))


def document_text(root: ET.Element) -> str:
    """A whole document, one element a line."""
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element_text(root)}\n'
