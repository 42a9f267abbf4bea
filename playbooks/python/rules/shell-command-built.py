def seeded_unpack(archive):
    import os
    import subprocess

    # ruleid: shell-command-built
    os.system(f"tar xf {archive}")
    # ruleid: shell-command-built
    os.popen("ls " + archive)
    # ruleid: shell-command-built
    subprocess.getoutput("ls %s" % archive)
    # ok: shell-command-built
    os.system("clear")
    # ok: shell-command-built
    subprocess.run(["tar", "xf", archive], check=True)


async def seeded_async(archive):
    import asyncio

    # ruleid: shell-command-built
    await asyncio.create_subprocess_shell("tar xf {}".format(archive))
    # ok: shell-command-built
    await asyncio.create_subprocess_exec("tar", "xf", archive)
