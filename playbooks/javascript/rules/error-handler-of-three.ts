function seededSetUp(app: any): void {
  // ruleid: error-handler-of-three
  app.use((err: Error, req: unknown, res: any) => {
    res.status(500).send(err.message);
  });
  // ok: error-handler-of-three
  app.use((err: Error, req: unknown, res: any, next: () => void) => {
    res.status(500).send(err.message);
  });
}
