// Serves this folder at http://127.0.0.1:5173 and writes config.js from the environment, so that the
// page knows its backend: SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY (PORT, when 5173 is taken).
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const folder = await realpath(fileURLToPath(new URL(".", import.meta.url)));
const { SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: key, PORT: port = "5173" } = process.env;
const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".map": "application/json",
};

if (!url || !key) {
  console.error("Set SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY, or run `make example` in the repository.");
  process.exit(1);
}

const server = createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  if (path === "/config.js") {
    response.writeHead(200, { "content-type": types[".js"], "cache-control": "no-store" });
    response.end(`window.BACKBEAT = ${JSON.stringify({ url, key })};\n`);
    return;
  }
  try {
    const file = await realpath(join(folder, path === "/" ? "index.html" : path));
    const type = types[extname(file)];
    if (!file.startsWith(folder + sep) || !type || !(await stat(file)).isFile()) throw new Error("no such file");
    response.writeHead(200, { "content-type": type, "cache-control": "no-cache", "x-content-type-options": "nosniff" });
    createReadStream(file).pipe(response);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" });
    response.end("Not found\n");
  }
});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
