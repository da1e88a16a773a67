"""The pages: server-rendered, complete without JavaScript, kept fresh with it."""
