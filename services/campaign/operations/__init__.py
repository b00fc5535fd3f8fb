"""What keeps a workspace in good order: looking it over, backing it up, restoring it."""
