"""Parts that any page may use and that know nothing of calls, tickets or catalogues.

Every text and icon is handed in, colours come from the application's palette and style sheet; nothing here
imports the rest of the program. The parts share three dynamic properties that the style sheet reads: `part`
(which part of a widget this is), `tone` (neutral, info, success, warning, danger) and `scale` (how large the
text is).
"""
