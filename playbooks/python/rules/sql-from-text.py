def seeded_find(cursor, name):
    # ruleid: sql-from-text
    cursor.execute(f"SELECT * FROM users WHERE name = '{name}'")
    return cursor.fetchall()


def seeded_more(cursor, name):
    # ruleid: sql-from-text
    cursor.execute("DELETE FROM users WHERE name = '%s'" % name)
    # ruleid: sql-from-text
    cursor.execute("UPDATE users SET name = '{}'".format(name))
    # ruleid: sql-from-text
    cursor.execute("SELECT * FROM users WHERE name = '" + name + "'")
    # ok: sql-from-text
    cursor.execute("SELECT * FROM users WHERE name = ?", (name,))
    # ok: sql-from-text
    cursor.execute("SELECT * FROM users WHERE id = %s", [name])


def seeded_other(runner, name):
    # ok: sql-from-text
    runner.execute(f"make {name}")
