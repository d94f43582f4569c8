"""Which files are taken, told by what they hold and never by what they are called."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image

HEAD = 64
"""Bytes from the start of a file that tell its type."""

_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"heim": "image/heic", b"heis": "image/heic", b"mif1": "image/heic",
    b"M4A ": "audio/mp4", b"M4B ": "audio/mp4",
    b"isom": "video/mp4", b"iso2": "video/mp4", b"iso4": "video/mp4", b"iso5": "video/mp4", b"iso6": "video/mp4",
    b"mp41": "video/mp4", b"mp42": "video/mp4", b"avc1": "video/mp4", b"dash": "video/mp4", b"M4V ": "video/mp4",
    b"MSNV": "video/mp4", b"3gp4": "video/3gpp", b"3gp5": "video/3gpp", b"3gp6": "video/3gpp",
}  # fmt: skip
"""Major brands of ISO media files as phones write them."""

ALLOWED = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "audio/mpeg",
        "audio/ogg",
        "video/webm",
        "application/pdf",
        *_BRANDS.values(),
    }
)
"""Every type that can be stored, and so every type that can be served. No markup is among them."""

_DECODED = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


_FITTING = {
    "photo": ("image/",),
    "signature": ("image/",),
    "video": ("video/",),
    # Phones record sound into containers that their first bytes do not tell from a film's.
    "audio": ("audio/", "video/"),
    "file": ("",),
}


def fits(kind: str, media_type: str) -> bool:
    """Whether a file of that type is what a question, or a piece of evidence, of that kind asks for."""
    return media_type.startswith(_FITTING[kind])


def sniff(head: bytes) -> str | None:
    """The media type of a file that starts with `head`; None for every type that is not taken."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return "video/webm"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head.startswith(b"ID3") or head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    return None


def is_sound(path: Path, media_type: str) -> bool:
    """Whether an image can be read as one; pictures that would unpack into gigabytes are not. True for other types."""
    wanted = _DECODED.get(media_type)
    if wanted is None:
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=[wanted]) as image:
                image.verify()
    except Exception:  # noqa: BLE001 - a decoder fed with a stranger's bytes may raise anything
        return False
    return True
