def seeded_claims(token):
    import jwt

    # ruleid: token-unverified
    return jwt.decode(token, options={"verify_signature": False})


def seeded_others(token, key):
    import jwt

    # ruleid: token-unverified
    jwt.decode(token, key, algorithms=["HS256", "none"])
    # ruleid: token-unverified
    jwt.decode(token, verify=False)
    # ok: token-unverified
    return jwt.decode(token, key, algorithms=["HS256"])
