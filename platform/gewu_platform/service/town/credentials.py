"""Passwords and secrets: what is good enough, how it is kept, how it is checked."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gewu_platform.service.problems import Fault

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128

TOKEN_PREFIX = "gewu_"


def password_faults(name: str, password: str) -> list[Fault]:
    """What is wrong with `password` for the user called `name`."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        zh = f"密码须为 {SHORTEST_PASSWORD} 到 {LONGEST_PASSWORD} 个字符"
        return [Fault("password", "length", zh, f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")]
    if name.casefold() in password.casefold():
        return [Fault("password", "name", "密码不能包含用户名", "The password may not hold the name")]
    return []


def proves(hasher: PasswordHasher, stored: str, password: str) -> bool:
    """Whether `stored` is a hash of `password`. Longer ones than a password can be are cut, to bound the work."""
    try:
        return hasher.verify(stored, password[: LONGEST_PASSWORD + 1].encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


def new_session_key() -> str:
    return secrets.token_urlsafe()


def new_token() -> str:
    """An API token: 256 random bits behind a prefix by which leaks are found."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(secret: str) -> str:
    """How a token is kept: with 256 random bits there is nothing to guess, so a fast hash protects as well as a slow one."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
