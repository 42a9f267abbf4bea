it("adds", (): void => {
  // ruleid: expectation-without-matcher
  expect([1, 2].length === 2);
  // ok: expectation-without-matcher
  expect([1, 2]).toHaveLength(2);
});
