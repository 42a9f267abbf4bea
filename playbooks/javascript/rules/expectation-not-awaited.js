it("loads", async () => {
  // ruleid: expectation-not-awaited
  expect(Promise.reject(new Error("no"))).rejects.toThrow();
  // ok: expectation-not-awaited
  await expect(Promise.resolve(1)).resolves.toBe(1);
  // ok: expectation-not-awaited
  return expect(Promise.resolve(1)).resolves.toBe(1);
});
