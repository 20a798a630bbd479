"""Meta's and Gupshup's rules for one part of a template each; kinds/ puts them together.

Every function yields problems and changes nothing. Where the sources disagree, only what nobody
accepts is an error; the narrower rules are warnings.
"""
