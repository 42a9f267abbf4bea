function seededSecret(): string {
  // ruleid: secret-with-default
  return process.env.SESSION_SECRET ?? "keyboard cat";
}

function seededMore(): string {
  // ok: secret-with-default
  return process.env.API_KEY!;
}
