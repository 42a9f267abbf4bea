import time

total = eval("1")
known = eval(total)  # nosemgrep
name = "größe"; size = eval(name)
time.sleep(1)
