"""The query language: text to tokens, to nodes, to a typed predicate over columns; and its completion."""
