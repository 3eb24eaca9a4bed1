"""Every read, one noun a file: a session and a viewer in, frozen rows out. Nothing here writes."""
