import { createHash } from "node:crypto";

/** What a statement begins with whose plan each connection is to keep. */
const MARK = "/* prepared */";

const names = new Map<string, string>();

/**
 * The name under which PostgreSQL keeps a statement that is marked so; empty for any other, which is
 * planned anew each time it is asked. For the few that every request for bytes asks: on a table with many
 * indexes, planning takes longer than the work. Their text must not depend on what is asked for.
 */
export function preparedName({ sql }: { readonly sql: string }): string {
  if (!sql.startsWith(MARK)) return "";
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = `sortie_${createHash("sha256").update(sql).digest("hex").slice(0, 32)}`;
  names.set(sql, name);
  return name;
}
