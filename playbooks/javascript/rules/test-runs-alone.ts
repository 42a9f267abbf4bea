// ruleid: test-runs-alone
describe.only("sums", (): void => {
  it("adds", () => expect(1 + 2).toBe(3));
});

// ok: test-runs-alone
describe("products", (): void => {
  it("multiplies", () => expect(1 * 2).toBe(2));
});
