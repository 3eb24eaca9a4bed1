"""The desk: one call, one screen. The page, its parts and its view model."""
