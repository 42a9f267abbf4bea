function seededLeave(req: any, res: any): void {
  // ruleid: redirect-to-request
  res.redirect(req.query.next as string);
  // ok: redirect-to-request
  res.redirect("/");
}
