"""What the services share: a closed list of technical modules and the published contracts."""
