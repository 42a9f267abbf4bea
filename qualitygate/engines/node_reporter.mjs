// A reporter for `node --test`: one line of JSON for each test that ended, and one at the end of all.
// A line has `names` (from the outermost group on), `file`, `line`, `kind` ("pass" or "fail"), `skip`, `why`, `suite`, `error`,
// and what the file `printed` on standard error.
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

function place(file) {
  if (!file) return "";
  return relative(process.cwd(), file.startsWith("file:") ? fileURLToPath(file) : resolve(file));
}

function told(error) {
  const cause = error?.cause ?? error;
  const text = [cause?.message ?? String(cause ?? ""), cause?.stack ?? ""].join("\n");
  return text.slice(0, 20000);
}

export default async function* report(source) {
  const open = [];
  const printed = new Map();
  let ended = 0;
  for await (const { type, data } of source) {
    if (type === "test:start") {
      open.length = data.nesting;
      open[data.nesting] = data.name;
    } else if (type === "test:stderr") {
      printed.set(data.file, `${printed.get(data.file) ?? ""}${data.message}`.slice(-20000));
    } else if (type === "test:pass" || type === "test:fail") {
      const names = [...open.slice(0, data.nesting), data.name];
      const line = {
        names,
        file: place(data.file),
        line: data.line ?? 0,
        kind: type.slice(5),
        skip: data.skip !== undefined || data.todo !== undefined,
        why: [data.skip, data.todo].find((one) => typeof one === "string") ?? "",
        suite: data.details?.type === "suite" || data.details?.error?.failureType === "subtestsFailed",
        error: type === "test:fail" ? told(data.details?.error) : "",
        printed: type === "test:fail" && data.nesting === 0 ? (printed.get(data.file) ?? "") : "",
      };
      ended += 1;
      yield `${JSON.stringify(line)}\n`;
    }
  }
  yield `${JSON.stringify({ ended })}\n`;
}
