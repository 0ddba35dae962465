"""Other tools' confusion matrices and figures, reproduced from their rules, and why they differ from ours."""
