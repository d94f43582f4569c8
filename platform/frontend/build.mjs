// Bundles src/ into ../gewu_platform/web/static/dist: content-hashed files, a .gz beside each, and manifest.json.
//
// `node build.mjs` builds once; `--watch` rebuilds when a source or a template changes.

import { build } from "esbuild";
import { PurgeCSS } from "purgecss";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
const roots = path.resolve(here, "../..");
const out = path.resolve(here, "../gewu_platform/web/static/dist");

const targets = ["chrome87", "safari14.1"];

// Where class names are written. A rule of the CSS framework whose classes stand in none of these is left out:
// the whole of it would by itself take four fifths of what a worker's page may weigh.
const markup = [
  "platform/frontend/src/**/*.js",
  "platform/gewu_platform/**/*.{html,py}",
  "admin/gewu_admin/**/*.{html,py}",
  "dsl/gewu_dsl/emit/**/*.{html,py}",
].map((pattern) => path.join(roots, pattern));

// Kept whether used or not, so that a template under work shows right before the next build.
const always = [
  /^(container|row|col|order|g[xy]?|d|flex|align|justify|gap|m[tbsexy]?|p[tbsexy]?|w|h|text|fw|fs|border|rounded)(-|$)/,
  /^(card|alert|badge|form|input|table|list|progress|status|empty|timeline|datagrid|page|subheader)(-|$)/,
  /^btn(-(primary|secondary|success|warning|danger|sm|lg|icon|list|link|actions|outline-(primary|secondary|danger)))?$/,
  /^(is-(in)?valid|(in)?valid-(feedback|tooltip)|active|disabled|show|visually-hidden(-focusable)?)$/,
];

const trimFramework = {
  name: "trim-framework",
  setup(bundler) {
    bundler.onLoad({ filter: /tabler(\.min)?\.css$/ }, async ({ path: file }) => {
      const [{ css }] = await new PurgeCSS().purge({
        content: markup,
        css: [{ raw: await readFile(file, "utf8") }],
        safelist: { standard: always, greedy: [/data-bs-theme/] },
        variables: true,
        keyframes: true,
        fontFace: true,
      });
      return { contents: css, loader: "css" };
    });
  },
};

const common = {
  absWorkingDir: here,
  outdir: out,
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  legalComments: "eof",
  charset: "utf8",
  target: targets,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".png": "file", ".svg": "file" },
  logLevel: "warning",
};

async function bundle() {
  const results = await Promise.all([
    build({
      ...common,
      entryPoints: ["src/app.js", "src/worker.js", "src/board.js", "src/case.js"],
      format: "esm",
      splitting: true,
      plugins: [trimFramework],
    }),
    build({ ...common, entryPoints: ["src/theme.js"], format: "iife" }),
  ]);
  const files = results.flatMap((result) => result.outputFiles);
  await publish(files, Object.assign({}, ...results.map((result) => entries(result.metafile))));
  return files;
}

/** `{"app.js": "app-1A2B3C4D.js", "app.css": …}` for every entry of the bundle. */
function entries(metafile) {
  const named = {};
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (!/^src\/\w+\.js$/.test(output.entryPoint ?? "")) continue;
    const entry = path.parse(output.entryPoint).name;
    named[`${entry}.js`] = path.basename(file);
    if (output.cssBundle) named[`${entry}.css`] = path.basename(output.cssBundle);
  }
  return named;
}

/** Writes new files, then the manifest, then removes stale files: a server reading the folder never finds a gap. */
async function publish(files, manifest) {
  await mkdir(out, { recursive: true });
  const keep = new Set(["manifest.json"]);
  for (const { path: file, contents } of files) {
    const name = path.basename(file);
    keep.add(name).add(`${name}.gz`);
    await writeFile(file, contents);
    await writeFile(`${file}.gz`, gzipSync(contents, { level: 9 }));
  }
  const sorted = Object.fromEntries(Object.entries(manifest).sort());
  await writeFile(path.join(out, "manifest.json"), JSON.stringify(sorted, null, 2) + "\n");
  for (const name of await readdir(out)) {
    if (!keep.has(name)) await rm(path.join(out, name), { recursive: true });
  }
}

function report(files) {
  for (const { path: file, contents } of files) {
    const packed = gzipSync(contents, { level: 9 }).length;
    const sizes = [contents.length, packed].map((size) => String(size).padStart(8)).join(" B, packed");
    console.log(`${path.basename(file).padEnd(28)}${sizes} B`);
  }
}

report(await bundle());
if (process.argv.includes("--watch")) {
  let timer;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => bundle().then(report, (error) => console.error(error.message)), 200);
  };
  for (const folder of ["platform/frontend/src", "platform/gewu_platform/web/templates", "admin/gewu_admin"]) {
    watch(path.join(roots, folder), { recursive: true }, again);
  }
}
