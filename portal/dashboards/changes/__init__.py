"""What syncs changed since somebody last looked, client by client."""
