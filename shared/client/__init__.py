"""The typed HTTP client of the cloud API: pinned TLS, errors that say who must act."""
