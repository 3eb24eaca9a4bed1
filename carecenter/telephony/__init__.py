"""Where incoming calls come from: `carecenter:` links and the `--call` argument."""
