"""The admin desktop: everything a gym runs on, in one window. One folder a noun; meets the cloud on the wire only."""
