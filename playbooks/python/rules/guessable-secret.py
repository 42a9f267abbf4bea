def seeded_token(letters):
    import random

    # ruleid: guessable-secret
    token = "".join(random.choices(letters, k=32))
    return token


def seeded_password(letters):
    import random

    # ruleid: guessable-secret
    return "".join(random.choice(letters) for _ in range(12))


def make_password(letters):
    import random

    # ruleid: guessable-secret
    return "".join(random.choice(letters) for _ in range(12))


def seeded_dice(letters):
    import random
    import secrets

    # ok: guessable-secret
    dice = random.randint(1, 6)
    # ok: guessable-secret
    token = secrets.token_urlsafe(32)
    return dice, token
