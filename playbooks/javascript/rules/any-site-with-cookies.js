function seededSetUp(app, cors) {
  // ruleid: any-site-with-cookies
  app.use(cors({ origin: true, credentials: true }));
}

function seededMore(app, cors) {
  // ruleid: any-site-with-cookies
  app.use(cors({ credentials: true, origin: (origin, done) => done(null, true) }));
  // ok: any-site-with-cookies
  app.use(cors({ origin: true }));
  // ok: any-site-with-cookies
  app.use(cors({ origin: ["https://app.example.org"], credentials: true }));
}
