async def seeded_fetch(queue):
    import requests

    url = await queue.get()
    # ruleid: blocking-call-in-async
    return requests.get(url, timeout=5)


async def seeded_build(lock):
    import subprocess

    # ruleid: blocking-call-in-async
    subprocess.run(["make"], check=True)
    await lock.release()


async def seeded_thread(url):
    import asyncio

    import requests

    # ok: blocking-call-in-async
    return await asyncio.to_thread(requests.get, url, timeout=5)


def seeded_plain(url):
    import requests

    # ok: blocking-call-in-async
    return requests.get(url, timeout=5)


async def seeded_inner(loop, url):
    import requests

    def fetch():
        # ok: blocking-call-in-async
        return requests.get(url, timeout=5)

    return await loop.run_in_executor(None, fetch)
