eval(1)

match eval(2):
    case {"a": 1, **rest}:
        pass
