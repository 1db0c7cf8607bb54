import { ByteSize } from "../ui/byte-size";
import { Cell, HeaderCell } from "../ui/table";

/** The headers over `SumCells`. */
export function SumHeaders() {
  return (
    <>
      <HeaderCell className="w-28 text-end!">Recordings</HeaderCell>
      <HeaderCell className="w-28 text-end!">Size</HeaderCell>
    </>
  );
}

interface SumCellsProps {
  readonly recordings: number;
  readonly sizeBytes: number;
}

/** How many recordings there are in a row of sums, and what they take. */
export function SumCells({ recordings, sizeBytes }: SumCellsProps) {
  return (
    <>
      <Cell className="text-end">{recordings.toLocaleString("en")}</Cell>
      <Cell className="text-end">
        <ByteSize bytes={sizeBytes} />
      </Cell>
    </>
  );
}
