it("is saved", async ({ page }: { page: any }): Promise<void> => {
  // ruleid: fixed-wait-in-test
  await page.waitForTimeout(1000);
  // ok: fixed-wait-in-test
  await page.waitForSelector("#saved");
});
