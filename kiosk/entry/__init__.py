"""From the text a reader delivered to a verdict that is written down: read, look up, decide, record, answer."""
