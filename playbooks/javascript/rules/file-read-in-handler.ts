function seededPage(router: any, fs: any): void {
  router.post("/page", async (req: any, res: any) => {
    // ruleid: file-read-in-handler
    fs.writeFileSync("page.html", req.body);
    // ok: file-read-in-handler
    await fs.promises.writeFile("page.html", req.body);
  });
}
