// Compiles the dashboard's styles and puts the scripts beside them: web/static/ is all that the server needs.
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const made = join(web, "static");

const styles = sass.compile(join(web, "assets/app.scss"), {
  loadPaths: [web],
  style: "compressed",
  quietDeps: true,
});
if (/url\((?!"?data:)|@font-face|GDS Transport/.test(styles.css)) {
  throw new Error("The styles ask for a font or a picture: the page may load nothing but what is in static/.");
}

await rm(made, { recursive: true, force: true });
await mkdir(made, { recursive: true });
await writeFile(join(made, "app.css"), styles.css);
await copyFile(join(web, "node_modules/htmx.org/dist/htmx.min.js"), join(made, "htmx.js"));
for (const script of ["live.js", "page.js"]) await copyFile(join(web, "assets", script), join(made, script));
