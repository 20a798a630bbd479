"""Gupshup's Enterprise WhatsApp gateway over HTTP: the only place that knows its API.

Typed requests go in (`requests`), a typed answer comes out (`results`). Nothing here touches the
database, counts attempts, paces or decides what becomes of a message: that is the sending engine's.
"""
