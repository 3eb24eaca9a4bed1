"""The workstation's encrypted store: rows with pending operations on top, outbox, drafts, references.

``desk`` is its face; a page never looks further in.
"""
