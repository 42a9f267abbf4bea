// ruleid: test-is-empty
it("adds", (): void => {});

// ok: test-is-empty
it("divides", (): void => {
  expect(4 / 2).toBe(2);
});
