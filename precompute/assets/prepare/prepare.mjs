// Draws one sprite sheet per design and writes the catalog of concepts and the attributions.
//
// Reads choices.json (which concepts, and what captions call them) and the packages that
// package.json pins; writes ../catalog.json, ../sheets/*.webp and ../ATTRIBUTION.md.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const CELL = 72; // pixels, side of a sprite in a sheet
const MARGIN = 1; // pixels left empty around a sprite, so that neighbours never bleed
const COLUMNS = 16;
const WEBP = { quality: 84, alphaQuality: 90, effort: 6, smartSubsample: true };

const DESIGNS = [
  { id: "noto", package: "@iconify-json/noto", use: "train" },
  { id: "noto-v1", package: "@iconify-json/noto-v1", use: "train" },
  { id: "twemoji", package: "@iconify-json/twemoji", use: "train" },
  { id: "fluent", package: "@iconify-json/fluent-emoji", use: "train" },
  { id: "fluent-flat", package: "@iconify-json/fluent-emoji-flat", use: "train" },
  { id: "emojione", package: "@iconify-json/emojione", use: "held out" },
];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const readJson = async (relative) => JSON.parse(await readFile(path(relative), "utf8"));
const readPackage = (name, file) => readJson(`node_modules/${name}/${file}`);

async function loadDesign(design) {
  const [icons, info, manifest] = await Promise.all(
    ["icons.json", "info.json", "package.json"].map((file) => readPackage(design.package, file)),
  );
  return { ...design, icons, info, version: manifest.version };
}

/** Emoji by their Unicode names, with the names of groups in place of their numbers. */
async function loadEmoji() {
  const data = await readPackage("emojibase-data", "en/data.json");
  const messages = await readPackage("emojibase-data", "en/messages.json");
  const keyOf = (entries, order) => entries.find((entry) => entry.order === order)?.key;
  return new Map(
    data.map((emoji) => [
      emoji.label,
      {
        hexcode: emoji.hexcode,
        keywords: emoji.tags ?? [],
        group: keyOf(messages.groups, emoji.group),
        subgroup: keyOf(messages.subgroups, emoji.subgroup),
      },
    ]),
  );
}

/** What a caption calls a concept must be made of words that Unicode or emojibase use for it. */
function checkWords(phrase, choice, emoji) {
  const known = new Set(`${choice.unicode} ${emoji.keywords.join(" ")}`.toLowerCase().split(/[\s-]+/));
  const unknown = phrase.split(" ").filter((word) => !known.has(word));
  if (unknown.length) throw new Error(`"${choice.unicode}": no source for the words "${unknown.join(" ")}"`);
}

function describe(choice, emojiByName) {
  const emoji = emojiByName.get(choice.unicode);
  if (!emoji) throw new Error(`choices.json: Unicode names nothing "${choice.unicode}"`);
  const name = choice.name ?? choice.unicode;
  const synonyms = choice.synonyms ?? [];
  for (const phrase of [name, ...synonyms]) checkWords(phrase, choice, emoji);
  return {
    id: name.replaceAll(" ", "-"),
    name,
    synonyms,
    countable: choice.countable ?? true,
    unicode: choice.unicode,
    ...emoji,
  };
}

function checkUnambiguous(concepts) {
  const owners = new Map();
  for (const concept of concepts) {
    for (const phrase of [concept.name, ...concept.synonyms]) {
      if (owners.has(phrase)) throw new Error(`"${phrase}" names ${owners.get(phrase)} and ${concept.id}`);
      owners.set(phrase, concept.id);
    }
  }
}

function findIcon(design, iconName, concept) {
  const { icons, aliases = {} } = design.icons;
  const found = [iconName, aliases[iconName]?.parent].find((name) => icons[name]);
  if (!found) throw new Error(`${design.id} does not draw "${concept.unicode}" (${concept.hexcode})`);
  return icons[found];
}

function svgOf(design, icon) {
  const width = icon.width ?? design.icons.width ?? 16;
  const height = icon.height ?? design.icons.height ?? 16;
  const box = `${icon.left ?? 0} ${icon.top ?? 0} ${width} ${height}`;
  const side = CELL * 4;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
      `viewBox="${box}" width="${side}" height="${side}">${icon.body}</svg>`,
  );
}

/** The icon trimmed to its ink and scaled so that its longer side fills the cell. */
async function drawSprite(design, icon) {
  const transparent = { r: 0, g: 0, b: 0, alpha: 0 };
  const trimmed = await sharp(svgOf(design, icon)).trim({ background: transparent, threshold: 8 }).toBuffer();
  const side = CELL - 2 * MARGIN;
  return sharp(trimmed)
    .resize(side, side, { fit: "contain", background: transparent, kernel: "lanczos3" })
    .png()
    .toBuffer();
}

async function drawSheet(design, concepts, iconNames) {
  const layers = await Promise.all(
    concepts.map(async (concept, index) => ({
      input: await drawSprite(design, findIcon(design, iconNames.get(concept.id), concept)),
      left: (index % COLUMNS) * CELL + MARGIN,
      top: Math.floor(index / COLUMNS) * CELL + MARGIN,
    })),
  );
  const rows = Math.ceil(concepts.length / COLUMNS);
  const create = { width: COLUMNS * CELL, height: rows * CELL, channels: 4, background: "#00000000" };
  await sharp({ create }).composite(layers).webp(WEBP).toFile(path(`../sheets/${design.id}.webp`));
}

/** Names of icons by concept, found through the code point, which is what all sets share. */
async function loadIconNames(concepts) {
  const chars = await readPackage("@iconify-json/noto", "chars.json");
  return new Map(
    concepts.map((concept) => {
      const code = concept.hexcode.toLowerCase();
      const name = chars[code] ?? chars[code.replaceAll("-fe0f", "")];
      if (!name) throw new Error(`no icon for code point ${concept.hexcode} ("${concept.unicode}")`);
      return [concept.id, name];
    }),
  );
}

function describeDesign({ id, use, info, version, package: packageName }) {
  return {
    id,
    title: info.name,
    use,
    author: info.author.name,
    url: info.author.url,
    licence: info.license.spdx,
    licence_url: info.license.url,
    package: packageName,
    version,
    sheet: `sheets/${id}.webp`,
  };
}

/** Indented JSON with one design or concept a line, so that changes read well. */
function formatCatalog(designs, concepts) {
  const lines = (entries) => entries.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n");
  return [
    "{",
    `  "cell": ${CELL},`,
    `  "columns": ${COLUMNS},`,
    `  "designs": [\n${lines(designs)}\n  ],`,
    `  "concepts": [\n${lines(concepts)}\n  ]`,
    "}",
    "",
  ].join("\n");
}

function formatAttribution(designs, emojibaseVersion, count) {
  const sections = designs.map(
    (design) =>
      `## ${design.title}\n\n` +
      `- Author: ${design.author}, <${design.url}>\n` +
      `- Licence: ${design.licence}, <${design.licence_url}>\n` +
      `- Taken from: npm package \`${design.package}\` ${design.version}\n` +
      `- Here: \`${design.sheet}\`\n`,
  );
  return [
    "# Attribution",
    "",
    `Each sheet holds drawings of ${count} emoji from one set. Changes made to every set: a selection was`,
    "taken, each drawing was rasterised, trimmed to its ink, scaled to fit a square of " +
      `${CELL} pixels and compressed with loss.`,
    "The sets keep their own licences, whose texts lie in `licences/` where they ask for a copy; none of their",
    "authors endorses this project.",
    "",
    ...sections,
    "## Names and keywords",
    "",
    "- Author: Miles Johnson, <https://github.com/milesj/emojibase>",
    "- Licence: MIT, <https://github.com/milesj/emojibase/blob/master/LICENSE>",
    `- Taken from: npm package \`emojibase-data\` ${emojibaseVersion}, which builds on Unicode CLDR`,
    "- Here: `catalog.json` (a selection, some names shortened)",
    "",
  ].join("\n");
}

const choices = await readJson("choices.json");
const emojiByName = await loadEmoji();
const concepts = choices.map((choice) => describe(choice, emojiByName));
checkUnambiguous(concepts);
const iconNames = await loadIconNames(concepts);
const designs = await Promise.all(DESIGNS.map(loadDesign));

await mkdir(path("../sheets"), { recursive: true });
for (const design of designs) await drawSheet(design, concepts, iconNames);
const described = designs.map(describeDesign);
const { version } = await readPackage("emojibase-data", "package.json");
await writeFile(path("../catalog.json"), formatCatalog(described, concepts));
await writeFile(path("../ATTRIBUTION.md"), formatAttribution(described, version, concepts.length));
console.log(`${concepts.length} concepts in ${designs.length} designs`);
