// ruleid: expectation-always-true
it("adds", () => expect(true).toBe(true));

it("more", () => {
  // ruleid: expectation-always-true
  assert.ok(true);
  // ok: expectation-always-true
  expect(1 + 2 === 3).toBe(true);
  // ok: expectation-always-true
  expect(true).toBe(false);
});
