def seeded_save(order, log):
    try:
        order.save()
    except Exception:
        # ruleid: swallowed-exception
        pass


def seeded_named(orders):
    for order in orders:
        try:
            order.save()
        except BaseException as error:
            # ruleid: swallowed-exception
            continue


def seeded_ellipsis(order):
    try:
        order.save()
    except Exception:
        # ruleid: swallowed-exception
        ...


def seeded_expected(order, queue):
    try:
        order.save()
    except ConnectionError:
        # ok: swallowed-exception
        pass


def seeded_told(order, log):
    try:
        order.save()
    except Exception:
        # ok: swallowed-exception
        log.exception("not saved")
        raise
