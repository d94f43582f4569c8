"""The four written identifiers an answer may have to match, with their check characters."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

_ID_CARD = re.compile(r"\d{17}[\dXx]", re.ASCII)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(rf"[{_USCC_ALPHABET}]{{18}}", re.ASCII)
_USCC_WEIGHTS = tuple(3**position % 31 for position in range(17))
_PHONE = re.compile(r"(\+?86[- ]?)?1[3-9]\d{9}|0\d{2,3}[- ]?[2-9]\d{6,7}(-\d{1,5})?", re.ASCII)
_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新使"
_PLATE = re.compile(
    rf"[{_PROVINCES}][A-HJ-NP-Z][·\- ]?([A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳领]|"
    r"[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK])"
)


def is_id_card(text: str) -> bool:
    """A resident's identity number (GB 11643): region, a day that exists, sequence, check character."""
    if not _ID_CARD.fullmatch(text) or text[0] in "09":
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, text[:17], strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def is_uscc(text: str) -> bool:
    """A unified social credit code (GB 32100): 18 characters without I, O, S, V, Z, the last checked modulo 31."""
    code = text.upper()
    if not _USCC.fullmatch(code):
        return False
    total = sum(w * _USCC_ALPHABET.index(c) for w, c in zip(_USCC_WEIGHTS, code[:17], strict=True))
    return _USCC_ALPHABET[-total % 31] == code[17]


def is_phone(text: str) -> bool:
    """A mobile number or a landline with its area code."""
    return _PHONE.fullmatch(text) is not None


def is_plate(text: str) -> bool:
    """A vehicle's number plate, also of new-energy vehicles (one character more)."""
    return _PLATE.fullmatch(text.upper()) is not None


MATCHES: dict[str, Callable[[str], bool]] = {
    "id-card": is_id_card,
    "uscc": is_uscc,
    "phone": is_phone,
    "plate": is_plate,
}
PATTERNS: dict[str, str] = {
    "id-card": r"^[1-8][0-9]{16}[0-9Xx]$",
    "uscc": r"^[0-9A-HJ-NP-RTUW-Ya-hj-np-rtuw-y]{18}$",
    "phone": r"^(\+?86[- ]?)?1[3-9][0-9]{9}$|^0[0-9]{2,3}[- ]?[2-9][0-9]{6,7}(-[0-9]{1,5})?$",
    "plate": r"^[\u4e00-\u9fa5][A-HJ-NP-Za-hj-np-z][\u00b7\- ]?[A-HJ-NP-Za-hj-np-z0-9\u4e00-\u9fa5]{5,6}$",
}
"""What a browser or a schema can test without the check character; everything `MATCHES` accepts fits."""
