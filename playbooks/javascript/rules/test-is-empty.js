// ruleid: test-is-empty
it("adds", () => {});

// ruleid: test-is-empty
test("multiplies", async () => {
  // later
});

// ok: test-is-empty
it("divides", () => {
  expect(4 / 2).toBe(2);
});

// ok: test-is-empty
it.todo("subtracts");
