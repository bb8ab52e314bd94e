"""备份: database and files as one archive, taken while the system is used; put back into an empty place."""
