def seeded_find(table, name):
    try:
        return table.fetch(name)
    # ruleid: exception-as-value
    except Exception:
        return None


def seeded_rows(table):
    try:
        return table.rows()
    # ruleid: exception-as-value
    except Exception as error:
        return []


def seeded_expected(table, name):
    try:
        return table[name]
    # ok: exception-as-value
    except KeyError:
        return None


def seeded_told(table, log):
    try:
        return table.rows()
    # ok: exception-as-value
    except Exception:
        log.exception("no rows")
        return []
