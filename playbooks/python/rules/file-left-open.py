def seeded_settings(path):
    import json

    # ruleid: file-left-open
    return json.load(open(path))


def seeded_others(path, data):
    import json

    # ruleid: file-left-open
    text = open(path).read()
    # ruleid: file-left-open
    json.dump(data, open(path, "w"))
    # ok: file-left-open
    with open(path) as file:
        json.load(file)
    # ok: file-left-open
    return path.read_text() + text
