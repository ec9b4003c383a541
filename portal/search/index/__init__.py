"""What search keeps in the database: the entries, the database's own index over them, and what people opened lately."""
