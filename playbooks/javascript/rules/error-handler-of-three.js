function seededSetUp(app) {
  // ruleid: error-handler-of-three
  app.use((err, req, res) => {
    res.status(500).send(err.message);
  });
}

function seededMore(app, check) {
  // ruleid: error-handler-of-three
  app.use(function onError(error, req, res) {
    res.status(500).send(error.message);
  });
  // ok: error-handler-of-three
  app.use((err, req, res, next) => {
    res.status(500).send(err.message);
  });
  // ok: error-handler-of-three
  app.use((req, res, next) => next());
}
