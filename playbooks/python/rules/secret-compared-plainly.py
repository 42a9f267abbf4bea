def seeded_check(signature, expected):
    # ruleid: secret-compared-plainly
    return signature == expected


def seeded_others(request, api_key, settings):
    import hmac

    # ruleid: secret-compared-plainly
    if settings.get("key") != api_key:
        return False
    # ok: secret-compared-plainly
    if api_key == "":
        return False
    # ok: secret-compared-plainly
    if api_key == None:
        return False
    # ok: secret-compared-plainly
    return hmac.compare_digest(api_key, settings["key"])
