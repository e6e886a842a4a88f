"""The frame that all rooms stand in: sign-in, navigation, the way to the cloud, toasts, the offline banner."""
