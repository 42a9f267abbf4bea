function seededAgent(https) {
  // ruleid: certificate-unchecked
  return new https.Agent({ rejectUnauthorized: false });
}

function seededMore(https, ca) {
  // ruleid: certificate-unchecked
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  // ok: certificate-unchecked
  return new https.Agent({ ca, rejectUnauthorized: true });
}
