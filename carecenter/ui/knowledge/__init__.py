"""The knowledge base: beside the call, and a page of its own to browse."""
