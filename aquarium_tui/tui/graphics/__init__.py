"""Pictures in the terminal: the probe that finds out what it can show, and the widget that shows them.

Import from the modules: `probe` and `terminal` are used before Textual is loaded and must not load it.
"""
