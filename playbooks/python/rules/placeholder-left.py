def seeded_total(prices):
    # ruleid: placeholder-left
    # your code here
    return prices


def seeded_todo():
    # ruleid: placeholder-left
    raise NotImplementedError("TODO: write this")


def seeded_rest(prices):
    # ruleid: placeholder-left
    # ... rest of the function remains unchanged
    return prices


def seeded_abstract(prices):
    # ok: placeholder-left
    raise NotImplementedError("a subclass says how prices are added")


def seeded_said(prices):
    # ok: placeholder-left
    # the rest of the code path is the caller's
    return prices
