// Serves these pages at http://127.0.0.1:5173/listening-room, or .../<the page that is named>, and writes config.js from
// the environment, so that they know their backend: SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY (PORT, when 5173 is taken).
import { createReadStream, existsSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const folder = await realpath(fileURLToPath(new URL(".", import.meta.url)));
const { SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: key, PORT: port = "5173" } = process.env;
const page = process.argv[2] ?? "listening-room";
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
if (!existsSync(join(folder, page, "index.html"))) {
  console.error(`There is no page called ${page} here.`);
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
    const file = await realpath(join(folder, path === "/" ? page : path));
    const isFolder = (await stat(file)).isDirectory();
    if (isFolder && file.startsWith(folder + sep) && !path.endsWith("/")) {
      response.writeHead(302, { location: `/${file.slice(folder.length + 1).split(sep).join("/")}/` });
      response.end();
      return;
    }
    const wanted = isFolder ? join(file, "index.html") : file;
    const type = types[extname(wanted)];
    if (!wanted.startsWith(folder + sep) || !type || !(await stat(wanted)).isFile()) throw new Error("no such file");
    response.writeHead(200, { "content-type": type, "cache-control": "no-cache", "x-content-type-options": "nosniff" });
    createReadStream(wanted).pipe(response);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" });
    response.end("Not found\n");
  }
});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/${page}`);
});
