import { expect, test, vi } from "vitest";
import { csvRecord, csvResponse } from "./csv";

interface Person {
  readonly name: string;
  readonly age: number | null;
}
const columns = { name: (row: Person) => row.name, age: (row: Person) => row.age };

async function* batchesOf(...batches: readonly (readonly Person[])[]) {
  for (const batch of batches) yield await Promise.resolve(batch);
}

test("commas, quotes and line breaks stay inside their field", () => {
  expect(csvRecord(["a,b", 'say "yes"', "one\r\ntwo", ""])).toBe(
    '"a,b","say ""yes""","one\r\ntwo",\r\n',
  );
});

test("a text that a spreadsheet would run is shown instead", () => {
  const formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("x","y")'];
  expect(formulas.map((text) => csvRecord([text]).trimEnd())).toEqual([
    "'=1+1",
    "'+1",
    "'-1",
    "'@SUM(A1)",
    "'\t=1",
    "'＝1",
    `"'=HYPERLINK(""x"",""y"")"`,
  ]);
});

test("numbers, times and nothing keep their plain form", () => {
  const at = new Date("2026-11-21T10:00:00Z");
  expect(csvRecord([-5, 10n, true, null, at])).toBe("-5,10,true,,2026-11-21T10:00:00.000Z\r\n");
});

test("a table has one line of headers, however many batches it comes in", async () => {
  const batches = batchesOf([{ name: "ana", age: 1 }], [{ name: "ben", age: null }]);
  const response = await csvResponse({ filename: "people.csv", columns, batches });
  expect(await response.text()).toBe("name,age\r\nana,1\r\nben,\r\n");
  expect(response.headers.get("content-disposition")).toContain('filename="people.csv"');
});

test("a table without a row still says what its columns are", async () => {
  const response = await csvResponse({ filename: "x.csv", columns, batches: batchesOf() });
  expect(await response.text()).toBe("name,age\r\n");
});

test("rows are read no faster than the client takes them, and no more once it is gone", async () => {
  let read = 0;
  const ended = vi.fn();
  async function* endless() {
    try {
      for (;;) yield await Promise.resolve([{ name: "ana", age: (read += 1) }]);
    } finally {
      ended();
    }
  }
  const { body } = await csvResponse({ filename: "x.csv", columns, batches: endless() });
  const reader = body?.getReader();
  await reader?.read();
  await reader?.read();
  expect(read).toBe(2);
  await reader?.cancel();
  expect(ended).toHaveBeenCalledOnce();
});

test("what fails before the first row is thrown, and what fails later breaks the download", async () => {
  async function* failing(rowsBefore: number) {
    for (let row = 0; row < rowsBefore; row += 1) yield [{ name: "ana", age: row }];
    throw await Promise.resolve(new Error("the database is away"));
  }
  const download = (rowsBefore: number) =>
    csvResponse({ filename: "x.csv", columns, batches: failing(rowsBefore) });
  await expect(download(0)).rejects.toThrow("the database is away");
  const response = await download(2);
  await expect(response.text()).rejects.toThrow("the database is away");
});
