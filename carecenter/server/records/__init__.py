"""What a centre holds as JSON Lines, out and in: ``form`` is the format, ``checking`` what a record has to be.

Passwords, tokens, keys, PINs and whatever is sealed are no part of it, nor is the audit trail: a backup has those.
"""
