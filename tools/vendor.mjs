// Copies what the page needs from its npm packages to static/vendor: `node tools/vendor.mjs`.
// With --check it writes nothing and says what differs from the packages.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const TARGET = join(ROOT, "static", "vendor");
const MANIFEST = "manifest.json";

/** @typedef {Map<string, Buffer>} Files path under static/vendor -> content */

/** @param {string} name @param {string} path @returns {Buffer} */
const read = (name, path) => readFileSync(join(ROOT, "node_modules", name, path));

/** @param {string} name @returns {string} */
const version = (name) => JSON.parse(read(name, "package.json").toString()).version;

/**
 * The style rules that Plotly would inject, as a file: a strict policy forbids it to inject them.
 * Each rule goes in front of the one before it, hence the reversal.
 * @param {string} bundle
 */
function plotlyCss(bundle) {
  const start = bundle.indexOf('{"X,X div":');
  const end = bundle.indexOf("};for(", start) + 1;
  if (start < 0 || end < 1) throw new Error("Plotly's style rules are no longer where they were");
  /** @type {Record<string, string>} */
  const rules = runInNewContext(`(${bundle.slice(start, end)})`);
  const lines = Object.entries(rules).map(
    ([where, what]) =>
      `${where.replaceAll("X", ".js-plotly-plot .plotly").replaceAll("Y", ".plotly-notifier")}{${what}}`,
  );
  return `${lines.reverse().join("\n")}\n`;
}

/**
 * Plotly sets `style` as an attribute, which a strict policy blocks; the same text through the style object is allowed.
 * @param {string} bundle
 */
function styleThroughObject(bundle) {
  const setter = /function (\w+)\(\)\{this\.setAttribute\((\w+),(\w+)\)\}/g;
  if (bundle.match(setter)?.length !== 1) throw new Error("Plotly sets attributes in another way now");
  return bundle.replace(setter, 'function $1(){$2==="style"?this.style.cssText=$3:this.setAttribute($2,$3)}');
}

/** @returns {[string, string | Buffer][]} */
function plotly() {
  const name = "plotly.js-cartesian-dist-min";
  const folder = `plotly-cartesian-${version(name)}`;
  const bundle = read(name, "plotly-cartesian.min.js").toString();
  return [
    [`${folder}/plotly-cartesian.min.js`, styleThroughObject(bundle)],
    [`${folder}/plotly.css`, plotlyCss(bundle)],
    [`${folder}/LICENSE`, read(name, "LICENSE")],
  ];
}

/**
 * KaTeX's minified build is a script for a global; the page imports modules. Half the bytes of its own module.
 * @param {string} script
 */
const asModule = (script) =>
  `const module={exports:{}},exports=module.exports;${script}\nexport default module.exports;\n`;

/** @param {string} css */
const onlyWoff2 = (css) => css.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, "");

/** @returns {[string, string | Buffer][]} */
function katex() {
  const folder = `katex-${version("katex")}`;
  const fonts = readdirSync(join(ROOT, "node_modules/katex/dist/fonts")).filter((f) => f.endsWith(".woff2"));
  return [
    [`${folder}/katex.mjs`, asModule(read("katex", "dist/katex.min.js").toString())],
    [`${folder}/katex.d.mts`, read("katex", "types/katex.d.ts")],
    [`${folder}/katex.css`, onlyWoff2(read("katex", "dist/katex.min.css").toString())],
    [`${folder}/LICENSE`, read("katex", "LICENSE")],
    .../** @type {[string, Buffer][]} */ (fonts.map((f) => [`${folder}/fonts/${f}`, read("katex", `dist/fonts/${f}`)])),
  ];
}

const FACES = [
  { family: "Inter", id: "inter", subsets: ["latin", "latin-ext", "greek"] },
  { family: "JetBrains Mono", id: "jetbrains-mono", subsets: ["latin"] },
];

/** @param {string} family @param {string} file @param {string} range */
const fontFace = (family, file, range) =>
  `@font-face{font-family:"${family}";font-style:normal;font-weight:100 900;font-display:swap;` +
  `src:url(${file}) format("woff2");unicode-range:${range}}\n`;

/** @returns {[string, string | Buffer][]} */
function fonts() {
  const folder = `fonts-${version("@fontsource-variable/inter")}`;
  /** @type {[string, string | Buffer][]} */
  const files = [];
  let css = "";
  for (const { family, id, subsets } of FACES) {
    const name = `@fontsource-variable/${id}`;
    const ranges = JSON.parse(read(name, "unicode.json").toString());
    files.push([`${folder}/LICENSE-${id}`, read(name, "LICENSE")]);
    for (const subset of subsets) {
      const file = `${id}-${subset}.woff2`;
      files.push([`${folder}/${file}`, read(name, `files/${id}-${subset}-wght-normal.woff2`)]);
      css += fontFace(family, file, ranges[subset]);
    }
  }
  return [[`${folder}/fonts.css`, css], ...files];
}

/** @returns {[string, string | Buffer][]} */
function qr() {
  const folder = `lean-qr-${version("lean-qr")}`;
  return [
    [`${folder}/lean-qr.mjs`, read("lean-qr", "index.mjs")],
    [
      `${folder}/lean-qr.d.mts`,
      `${
        read("lean-qr", "index.d.ts")
          .toString()
          .match(/declare module 'lean-qr' \{\n([\s\S]*?)\n\}\n/)?.[1]
      }\n`,
    ],
    [`${folder}/LICENSE`, read("lean-qr", "LICENSE")],
  ];
}

/** @returns {Files} */
function originals() {
  return new Map([...plotly(), ...katex(), ...fonts(), ...qr()].map(([path, data]) => [path, Buffer.from(data)]));
}

/** @param {Buffer} data */
const brotli = (data) =>
  brotliCompressSync(data, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
    },
  });

/** @param {string} path */
const compresses = (path) => /\.(js|mjs|css)$/.test(path);

/** @param {Files} files @returns {Files} */
function withCompressed(files) {
  const all = new Map(files);
  for (const [path, data] of files) {
    if (!compresses(path)) continue;
    all.set(`${path}.br`, brotli(data));
    all.set(`${path}.gz`, gzipSync(data, { level: 9 }));
  }
  return all;
}

/** @param {Buffer} data */
const sha256 = (data) => createHash("sha256").update(data).digest("hex");

/** @param {Files} files */
function manifest(files) {
  const entries = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(entries.map(([p, d]) => [p, sha256(d)])), null, 2)}\n`;
}

function write() {
  const files = withCompressed(originals());
  rmSync(TARGET, { recursive: true, force: true });
  for (const [path, data] of [...files, [MANIFEST, Buffer.from(manifest(files))]]) {
    mkdirSync(dirname(join(TARGET, String(path))), { recursive: true });
    writeFileSync(join(TARGET, String(path)), data);
  }
  console.log(`${files.size} files in ${relative(ROOT, TARGET)}`);
}

/** @param {string} path @returns {Buffer} */
function present(path) {
  try {
    return readFileSync(join(TARGET, path));
  } catch {
    return Buffer.alloc(0);
  }
}

function check() {
  /** @type {string[]} */
  const wrong = [];
  for (const [path, data] of originals()) {
    if (!present(path).equals(data)) wrong.push(path);
    if (!compresses(path)) continue;
    if (!brotliDecompressSync(present(`${path}.br`)).equals(data)) wrong.push(`${path}.br`);
    if (!gunzipSync(present(`${path}.gz`)).equals(data)) wrong.push(`${path}.gz`);
  }
  for (const path of wrong) console.error(`static/vendor/${path} differs from its package`);
  process.exitCode = wrong.length ? 1 : 0;
}

if (process.argv.includes("--check")) check();
else write();
