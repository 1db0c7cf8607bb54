// @ts-check
import { format } from "prettier";
import { isMap, isScalar, parseDocument } from "yaml";

const BEGIN = "<!-- values: written by `npm run chart:readme` -->";
const END = "<!-- /values -->";

/**
 * @typedef {object} Value  one that can be set, or a group of them
 * @property {string} key          the whole path, such as `recording.s3.bucket`
 * @property {string} description  the comment above it
 * @property {string} fallback     its default as JSON
 * @property {Value[]} below       what a group is made of; empty for what can be set
 */

/**
 * The values of a chart as Markdown: a heading and a table for each group, the rest together at the end.
 * @param {string} text  of values.yaml; a comment above a key describes it
 */
export function valuesTables(text) {
  const document = parseDocument(text);
  if (!isMap(document.contents)) throw new Error("values.yaml is no map.");
  const values = valuesOf(document.contents, "");
  const groups = values.filter(({ below }) => below.length > 0);
  const others = values.filter(({ below }) => below.length === 0);
  return [
    ...groups.map(
      (group) => `### \`${group.key}\`\n\n${group.description}\n\n${table(leaves(group.below))}`,
    ),
    `### Everything else\n\n${table(others)}`,
  ].join("\n");
}

/**
 * The README with these tables in their place, formatted.
 * @param {string} readme
 * @param {string} tables
 */
export async function withTables(readme, tables) {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md lacks ${BEGIN} … ${END}`);
  const whole = `${readme.slice(0, begin)}${BEGIN}\n\n${tables}\n${readme.slice(end)}`;
  return await format(whole, { parser: "markdown", printWidth: 100 });
}

/**
 * @param {import("yaml").YAMLMap} map
 * @param {string} above  the path that leads to it
 * @returns {Value[]}
 */
function valuesOf(map, above) {
  return map.items.map((pair, index) => {
    if (!isScalar(pair.key)) throw new Error(`A key below ${above} is no text.`);
    const key = `${above}${pair.key.value}`;
    // The comment above the first key of a map is the map's.
    const comment = pair.key.commentBefore ?? (index === 0 ? map.commentBefore : undefined) ?? "";
    const below = isMap(pair.value) ? valuesOf(pair.value, `${key}.`) : [];
    const isGroup = below.some((value) => value.description !== "" || value.below.length > 0);
    return {
      key,
      description: lastParagraph(comment),
      fallback: JSON.stringify(/** @type {import("yaml").Node} */ (pair.value).toJSON()),
      below: isGroup ? below : [],
    };
  });
}

/** @param {string} comment */
function lastParagraph(comment) {
  const lines = comment.split("\n").map((line) => line.trim());
  return lines.slice(lines.lastIndexOf("") + 1).join(" ");
}

/**
 * @param {readonly Value[]} values
 * @returns {Value[]}
 */
function leaves(values) {
  return values.flatMap((value) => (value.below.length > 0 ? leaves(value.below) : [value]));
}

/** @param {readonly Value[]} values */
function table(values) {
  const rows = values.map(({ key, fallback, description }) => {
    if (description === "") throw new Error(`${key} has no comment in values.yaml.`);
    return `| \`${key}\` | \`${fallback}\` | ${description.replaceAll("|", "\\|")} |\n`;
  });
  return `| value | default | what |\n| --- | --- | --- |\n${rows.join("")}`;
}
