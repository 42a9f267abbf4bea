function seededLogIn(res: any, token: string): void {
  // ruleid: session-cookie-open-to-scripts
  res.cookies.set("token", token, { maxAge: 3600 });
  // ok: session-cookie-open-to-scripts
  res.cookies.set("token", token, { httpOnly: true, maxAge: 3600 });
}
