def seeded_save(order, log):
    try:
        order.save()
    # ruleid: swallowed-exception
    except Exception: pass


def seeded_named(orders):
    for order in orders:
        try:
            order.save()
        # ruleid: swallowed-exception
        except BaseException as error: continue


def seeded_ellipsis(order):
    try:
        order.save()
    # ruleid: swallowed-exception
    except Exception: ...


def seeded_directives(order):
    try:
        order.save()
    # ruleid: swallowed-exception
    except Exception: pass  # noqa: S110, BLE001
    try:
        order.save()
    # ruleid: swallowed-exception
    except Exception: pass  # type: ignore[misc]


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


def seeded_reasons(order):
    # The reason may stand on the line, below it, or behind what does nothing.
    try:
        order.save()
    # ok: swallowed-exception
    except Exception:  # noqa: S110 - nobody waits for it
        pass
    try:
        order.save()
    # ok: swallowed-exception
    except Exception:
        # the order is kept in the outbox and saved with the next one
        pass
    try:
        order.save()
    # ok: swallowed-exception
    except Exception:
        pass  # saved with the next one
