"""Every move by which a check is silenced that research knows of, each with a change that looks like it and is right."""
