it("adds", () => {
  // ruleid: expectation-without-matcher
  expect(1 + 2);
  // ok: expectation-without-matcher
  expect(1 + 2).toBe(3);
  // ok: expectation-without-matcher
  expect(1 + 2).to.be.ok;
});
