def seeded_serve():
    from flask import Flask

    app = Flask(__name__)
    # ruleid: debugger-on-the-web
    app.run(host="0.0.0.0", debug=True)


def seeded_quiet(app, task):
    # ok: debugger-on-the-web
    app.run(host="0.0.0.0")
    # ok: debugger-on-the-web
    app.run(debug=False)
    # ok: debugger-on-the-web
    task.run(debug=True)
