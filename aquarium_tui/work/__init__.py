"""Work that takes long: watched, cancelled, and spread over processes. It knows nothing of pixels."""
