def test_seeded_worker(worker):
    import time

    worker.start()
    # ruleid: sleep-in-test
    time.sleep(2)
    assert worker.done


async def test_seeded_task(task):
    import asyncio

    # ruleid: sleep-in-test
    await asyncio.sleep(1)
    # ok: sleep-in-test
    await asyncio.sleep(0)
    assert task.done()


def test_seeded_join(worker):
    # ok: sleep-in-test
    worker.join(timeout=10)
    assert worker.done
