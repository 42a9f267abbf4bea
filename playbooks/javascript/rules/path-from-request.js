function seededSend(req, res, path) {
  // ruleid: path-from-request
  res.sendFile(path.join("/srv/uploads", req.params.name));
}

function seededMore(req, res, fs, path) {
  // ruleid: path-from-request
  fs.readFile(`/srv/${req.query.name}.txt`, "utf8", () => {});
  // ok: path-from-request
  res.sendFile(req.params.name, { root: "/srv/uploads" });
  // ok: path-from-request
  fs.readFileSync(path.join("/srv", path.basename(req.params.name)));
  // ok: path-from-request
  res.send(req.params.name);
}
