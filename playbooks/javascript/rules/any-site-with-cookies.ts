function seededSetUp(app: any, cors: (options: object) => unknown): void {
  // ruleid: any-site-with-cookies
  app.use(cors({ origin: true, methods: ["GET"], credentials: true }));
  // ok: any-site-with-cookies
  app.use(cors({ origin: process.env.APP_URL, credentials: true }));
}
