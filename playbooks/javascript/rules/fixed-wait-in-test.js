it("is saved", async () => {
  // ruleid: fixed-wait-in-test
  await new Promise((resolve) => setTimeout(resolve, 2000));
  // ok: fixed-wait-in-test
  await new Promise((resolve) => setTimeout(resolve, 0));
});
