"""The demo: a project that shows what Kabootar does, and the smoke test that plays through it.

For a machine of one's own only: it talks to the Gupshup simulator, never to Gupshup.
"""
