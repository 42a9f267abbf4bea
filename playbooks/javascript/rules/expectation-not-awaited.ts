it("loads", async (): Promise<void> => {
  // ruleid: expectation-not-awaited
  expect(Promise.resolve(1)).resolves.not.toBe(2);
  // ok: expectation-not-awaited
  await expect(Promise.resolve(1)).resolves.toBe(1);
});
