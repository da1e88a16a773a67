"""What a service tells of itself, found in its own code: AsyncAPI, OpenAPI, whom it listens to, what it refuses."""
