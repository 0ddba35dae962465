"""Files into the store: new, replacing, appended, or only rehearsed."""
