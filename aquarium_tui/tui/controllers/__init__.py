"""What several screens do: each does one thing for the screen, or the app, that holds it."""
