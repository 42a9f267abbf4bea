function seededStored(crypto, password) {
  // ruleid: password-hashed-plainly
  return crypto.createHash("sha256").update(password).digest("hex");
}

function seededMore(crypto, req, text) {
  // ruleid: password-hashed-plainly
  crypto.createHash("md5").update(req.body.password, "utf8");
  // ok: password-hashed-plainly
  crypto.createHash("sha256").update(text).digest();
  // ok: password-hashed-plainly
  return crypto.scryptSync(req.body.password, "salt", 64);
}
