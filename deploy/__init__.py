"""How Baton is run: the local stack, the images, and the baton command."""
