"""Parts that know the application's nouns and are used by several pages; they import no page."""
