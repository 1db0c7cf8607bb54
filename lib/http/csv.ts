import { streamedDownload } from "./streamed-download";

export type CsvValue = string | number | bigint | boolean | Date | null;

/** The columns of a table by their headers, in order: each says what stands there for a row. */
export type CsvColumns<Row> = Readonly<Record<string, (row: Row) => CsvValue>>;

interface CsvDownload<Row> {
  readonly filename: string;
  readonly columns: CsvColumns<Row>;
  /** The rows, as many at a time as were read together; nothing is read before the client wants it. */
  readonly batches: AsyncIterable<readonly Row[]>;
}

/**
 * One record with its line end (RFC 4180). Times are ISO 8601 in UTC, null is an empty field. A text that a
 * spreadsheet would take for a formula gets an apostrophe in front, which a spreadsheet does not show (OWASP,
 * CSV injection); numbers stay numbers.
 */
export function csvRecord(values: readonly CsvValue[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}

/** Answers with a table as CSV that is made as the client reads it; see `streamedDownload`. */
export async function csvResponse<Row>({
  filename,
  columns,
  batches,
}: CsvDownload<Row>): Promise<Response> {
  return await streamedDownload(csvParts(columns, batches), {
    filename,
    contentType: "text/csv; charset=utf-8; header=present",
  });
}

async function* csvParts<Row>(
  columns: CsvColumns<Row>,
  batches: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  const cells = Object.values(columns);
  let head = csvRecord(Object.keys(columns));
  for await (const rows of batches) {
    yield head + rows.map((row) => csvRecord(cells.map((cell) => cell(row)))).join("");
    head = "";
  }
  // Without a row, the headers alone.
  if (head !== "") yield head;
}

function csvField(value: CsvValue): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "string") return String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
