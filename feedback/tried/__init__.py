"""Reports of how it went: telling, reading, checking."""
