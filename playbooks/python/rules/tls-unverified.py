def seeded_context():
    import ssl

    # ruleid: tls-unverified
    return ssl._create_unverified_context()


def seeded_others():
    import ssl

    import aiohttp

    context = ssl.create_default_context()
    # ruleid: tls-unverified
    context.check_hostname = False
    # ruleid: tls-unverified
    context.verify_mode = ssl.CERT_NONE
    # ruleid: tls-unverified
    aiohttp.TCPConnector(ssl=False)
    # ok: tls-unverified
    context.verify_mode = ssl.CERT_REQUIRED
    # ok: tls-unverified
    return ssl.create_default_context(cafile="ca.pem")
