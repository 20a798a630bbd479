"""Whose callback is it? The key in the address says so, and proves it.

An unknown account and a wrong secret are the same to the caller: same answer, same work.
"""

import hashlib
import hmac
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from time import monotonic
from typing import Any
from urllib.parse import unquote

import psycopg

from callbacks.receiving.own_connection import OwnConnection
from providers.network.public_addresses import Network
from providers.secrets.encryption import UnreadableSecretError, decrypt

# How long a key that was retired may still be taken; a new one is taken at once.
KEPT_SECONDS = 5.0
NO_DIGEST = bytes(32)

VALID_KEYS = """
SELECT p.account_id, k.project_id, k.secret, ARRAY(
    SELECT s.network::text FROM providers_callbacksource s WHERE s.project_id = p.id)
FROM providers_callbackkey k JOIN providers_project p ON p.id = k.project_id
WHERE k.retires_at IS NULL OR k.retires_at > now()
"""
# Gupshup glues its own parameters with a second `?` to an address that has one.
_KEY = re.compile(r"(?:^|(?<=[?&]))a=([^?&]*)")


_KeyRow = tuple[str, int, str, list[str]]


class KeysUnavailableError(Exception):
    """The keys can't be read now; nothing is known about the caller."""


@dataclass(frozen=True, slots=True)
class Address:
    """What a callback was sent to: its key, and the query string without any, since that is kept
    and shown. An address that was pasted twice has two."""

    key: str
    query: str


def read_address(query: str, *, key_in_path: str) -> Address:
    found = _KEY.findall(query)
    key = key_in_path or (unquote(found[0]) if found else "")
    return Address(key, _without_keys(query) if found else query)


def _without_keys(query: str) -> str:
    parts = (part.strip("?&") for part in _KEY.split(query)[::2])
    return "&".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Account:
    """`sources` are the only networks from which it takes callbacks; none: from all."""

    project_id: int
    digests: tuple[bytes, ...]
    sources: tuple[Network, ...]


class KeyRing:
    """The valid keys of all projects, read every few seconds and whenever one doesn't fit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection = OwnConnection()
        self._accounts: Mapping[str, Account] = {}
        self._digests: dict[str, bytes] = {}  # by the stored, encrypted secret
        self._read_at = float("-inf")

    def account_of(self, key: str) -> Account | None:
        """None for a key that fits none. What is said of an account comes from one reading of the
        keys, also where another thread reads them anew meanwhile. Raises KeysUnavailableError."""
        arrived = monotonic()
        account_id, _dot, secret = key.partition(".")
        digest = _digest(secret)
        if self._read_at < arrived - KEPT_SECONDS:
            self._refresh(arrived - KEPT_SECONDS, keep_old=True)
        if (account := self._match(account_id, digest)) is not None:
            return account
        self._refresh(arrived, keep_old=False)
        return self._match(account_id, digest)

    def claimed_project(self, key: str) -> int | None:
        """Whose account the key names, whether or not its secret is right."""
        account = self._accounts.get(key.partition(".")[0])
        return account.project_id if account else None

    def close(self) -> None:
        """Forget everything, the connection too."""
        with self._lock:
            self._connection.close()
            self._accounts, self._read_at = {}, float("-inf")

    def _match(self, account_id: str, digest: bytes) -> Account | None:
        account = self._accounts.get(account_id)
        digests = account.digests if account else (NO_DIGEST,)
        fits = [hmac.compare_digest(digest, known) for known in digests]
        return account if any(fits) else None

    def _refresh(self, not_before: float, *, keep_old: bool) -> None:
        """Of many threads that ask at once one reads for all."""
        with self._lock:
            if self._read_at >= not_before:
                return
            now = monotonic()
            try:
                rows = self._connection.run(_read_keys)
            except psycopg.Error as error:
                if keep_old and self._accounts:
                    return
                raise KeysUnavailableError from error
            self._accounts = self._by_account(rows)
            self._read_at = now

    def _by_account(self, rows: list[_KeyRow]) -> dict[str, Account]:
        accounts: dict[str, Account] = {}
        for account_id, project_id, sealed, networks in rows:
            sources = tuple(map(ip_network, networks))
            known = accounts.get(account_id, Account(project_id, (), sources))
            digests = (*known.digests, *self._opened(sealed))
            accounts[account_id] = Account(project_id, digests or (NO_DIGEST,), sources)
        return accounts

    def _opened(self, sealed: str) -> tuple[bytes, ...]:
        if sealed not in self._digests:
            try:
                self._digests[sealed] = _digest(decrypt(sealed))
            except UnreadableSecretError:
                return ()
        return (self._digests[sealed],)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _read_keys(connection: psycopg.Connection[Any]) -> list[_KeyRow]:
    return connection.execute(VALID_KEYS).fetchall()


keys = KeyRing()
