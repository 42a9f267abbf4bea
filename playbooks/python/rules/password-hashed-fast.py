def seeded_store(password):
    import hashlib

    # ruleid: password-hashed-fast
    return hashlib.sha256(password.encode()).hexdigest()


def seeded_others(password, salt, data):
    import hashlib

    # ruleid: password-hashed-fast
    hashlib.md5((salt + password).encode())
    # ok: password-hashed-fast
    hashlib.sha256(data).hexdigest()
    # ok: password-hashed-fast
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
