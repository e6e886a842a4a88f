"""How a kiosk becomes a gym's, and where its secrets live."""
