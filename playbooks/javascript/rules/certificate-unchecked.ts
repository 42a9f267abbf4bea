function seededOptions(ca: string): { rejectUnauthorized: boolean } {
  // ruleid: certificate-unchecked
  return { rejectUnauthorized: false };
}

function seededMore(ca: string): { ca: string; rejectUnauthorized: boolean } {
  // ok: certificate-unchecked
  return { ca, rejectUnauthorized: true };
}
