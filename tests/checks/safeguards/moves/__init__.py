"""Every known move that silences a check, each with a twin: a change that looks like it and is right."""
