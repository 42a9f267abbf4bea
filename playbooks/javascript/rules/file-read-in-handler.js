function seededPage(app, fs) {
  app.get("/page", (req, res) => {
    // ruleid: file-read-in-handler
    res.send(fs.readFileSync("page.html"));
  });
}

function seededMore(app, fs) {
  // ok: file-read-in-handler
  const page = fs.readFileSync("page.html");
  app.get("/page", async (req, res) => {
    // ok: file-read-in-handler
    res.send(page + (await fs.promises.readFile("more.html")));
  });
}
