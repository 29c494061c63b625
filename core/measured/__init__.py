"""What experiments found that take too long for a request; each table says the command that makes it again."""
