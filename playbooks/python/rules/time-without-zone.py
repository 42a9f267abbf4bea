def seeded_stamp(row):
    from datetime import datetime

    # ruleid: time-without-zone
    row["created"] = datetime.now().isoformat()
    return row


def seeded_others(row):
    import datetime

    # ruleid: time-without-zone
    row["seconds"] = datetime.datetime.utcnow().timestamp()
    # ok: time-without-zone
    row["created"] = datetime.datetime.now(datetime.timezone.utc).isoformat()
    # ok: time-without-zone
    row["name"] = datetime.date.today().isoformat()
    return row
