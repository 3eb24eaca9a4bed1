"""The one search box over every page."""
