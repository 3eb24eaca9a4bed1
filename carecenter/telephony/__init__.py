"""Where incoming calls come from: `carecenter:` links and the `--call` argument. What a call is, isn't told here."""
