"""What tests a file holds, language by language, and what each of them asserts."""
