"""Long work: watched, cancelled, and spread over executors. It knows nothing about pixels."""
