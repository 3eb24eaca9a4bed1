"""The centre: it orders operations, serves the feed, allocates references, knows accounts and keeps the audit.

``centre.Centre`` is its face, plain Python over a database; the desktop without a server runs one in its own
process.
"""
