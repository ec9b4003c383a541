"""The pages where people of a client begin: their own organisation, and one of its periods, in plain words."""
