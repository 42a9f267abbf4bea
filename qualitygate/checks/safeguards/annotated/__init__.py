"""What the functions of a file say of their types, and where types are got round, language by language."""
