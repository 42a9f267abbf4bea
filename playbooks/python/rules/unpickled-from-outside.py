def seeded_receive(connection):
    import pickle

    data = connection.recv(4096)
    # ruleid: unpickled-from-outside
    return pickle.loads(data)


def seeded_fetch(url):
    import pickle

    import requests

    answer = requests.get(url, timeout=5)
    # ruleid: unpickled-from-outside
    return pickle.loads(answer.content)


def seeded_own(path):
    import pickle

    # ok: unpickled-from-outside
    return pickle.loads(path.read_bytes())


def seeded_json(connection):
    import json

    # ok: unpickled-from-outside
    return json.loads(connection.recv(4096))
