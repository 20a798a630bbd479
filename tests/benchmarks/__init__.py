"""Benchmarks: `make bench`. Each prints what a person reads, and one JSON line a figure."""
