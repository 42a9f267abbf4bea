function seededBytes(size: number): Buffer {
  // ruleid: buffer-by-constructor
  return new Buffer(size);
}

function seededMore(size: number): Buffer {
  // ok: buffer-by-constructor
  return Buffer.alloc(size);
}
