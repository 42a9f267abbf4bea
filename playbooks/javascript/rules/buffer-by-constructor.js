function seededBytes(text) {
  // ruleid: buffer-by-constructor
  return new Buffer(text, "base64");
}

function seededMore(text) {
  // ok: buffer-by-constructor
  return Buffer.from(text);
}
