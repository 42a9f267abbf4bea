def seeded_read(url):
    import urllib.request

    # ruleid: no-time-limit
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def seeded_others(url, address):
    import smtplib
    import socket
    import urllib.request

    # ruleid: no-time-limit
    socket.create_connection(address)
    # ruleid: no-time-limit
    smtplib.SMTP("mail.example.com", 25)
    # ok: no-time-limit
    smtplib.SMTP("mail.example.com", 25, timeout=10)
    # ok: no-time-limit
    socket.create_connection(address, 5)
    # ok: no-time-limit
    urllib.request.urlopen(url, timeout=10)
    # ok: no-time-limit
    urllib.request.urlopen(url, None, 10)
