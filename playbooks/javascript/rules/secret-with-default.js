function seededSecret() {
  // ruleid: secret-with-default
  return process.env.JWT_SECRET || "change-me";
}

function seededMore() {
  // ruleid: secret-with-default
  const password = process.env.DB_PASSWORD ?? "postgres";
  // ok: secret-with-default
  const host = process.env.DB_HOST || "localhost";
  // ok: secret-with-default
  const none = process.env.API_KEY || "";
  return [password, host, none];
}
