"""The stack in containers: the image of each service, and the jobs that docker-compose.yml runs before them."""
