"""A stand-in for Gupshup that speaks real HTTP: a development tool for demo, tests and benchmarks.

It imports nothing of Kabootar's, and Kabootar's own code never imports it; what it knows of the
gateway it has from Gupshup's documentation, so that both sides can be wrong only separately. It
keeps everything in memory and has no login: it listens on this machine alone.
"""
