function seededSend(req: any, res: any, fs: any): void {
  // ruleid: path-from-request
  fs.createReadStream(req.params.name as string).pipe(res);
  // ok: path-from-request
  fs.createReadStream("/srv/logo.svg").pipe(res);
}
