def seeded_load(path):
    try:
        return open(path)
    # ruleid: exception-only-printed
    except Exception as error:
        print(f"failed: {error}")


def seeded_silent(path):
    try:
        return open(path)
    # ruleid: exception-only-printed
    except Exception:
        print("failed")


def seeded_raised(path):
    try:
        return open(path)
    # ok: exception-only-printed
    except Exception as error:
        print(f"failed: {error}")
        raise


def seeded_expected(path):
    try:
        return open(path)
    # ok: exception-only-printed
    except FileNotFoundError as error:
        print(f"failed: {error}")
