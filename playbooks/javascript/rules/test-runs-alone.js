// ruleid: test-runs-alone
it.only("adds", () => {
  expect(1 + 2).toBe(3);
});

// ok: test-runs-alone
it("multiplies", () => {
  expect(1 * 2).toBe(2);
});

// ruleid: test-runs-alone
fdescribe("sums", () => {});
