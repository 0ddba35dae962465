"""Objects, boxes with or without masks and classes of whole images: matching, ledger, cells, rates."""
