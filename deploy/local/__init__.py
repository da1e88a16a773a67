"""The stack on one machine without Docker: PostgreSQL, Kafka and the services as plain processes."""
