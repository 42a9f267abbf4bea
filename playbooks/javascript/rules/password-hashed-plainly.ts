function seededStored(createHash: (kind: string) => any, password: string): string {
  // ruleid: password-hashed-plainly
  return createHash("sha1").update(password).digest("hex");
}

function seededMore(createHash: (kind: string) => any, text: string): string {
  // ok: password-hashed-plainly
  return createHash("sha1").update(text).digest("hex");
}
