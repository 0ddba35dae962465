"""Questions asked over a screen; each returns one typed answer."""
