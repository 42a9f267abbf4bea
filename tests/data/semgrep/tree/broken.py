eval(1)


def g(:::
    pass
