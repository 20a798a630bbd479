"""Templates from elsewhere: Meta's JSON, Gupshup's list, its dashboard's CSV.

Every template comes in as it is; whether it is any good is for the rules to say afterwards. What
can't be read at all is refused by name, and never stops the others.
"""
