"""A segment is a saved rule over people. What a rule says is in docs/segments.md; this package
reads the document, makes SQL of it, evaluates it in Python, and says it in words.
"""
