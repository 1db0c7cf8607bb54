import { Cell, Row } from "./table";

/** A grey bar where text will be. It does not move. */
export function Skeleton({ width }: { readonly width: string }) {
  return (
    <span aria-hidden className="block h-3 max-w-full rounded-sm bg-pressed" style={{ width }} />
  );
}

interface SkeletonRowsProps {
  readonly rows: number;
  /** The width of each column's bar, and the classes of its cells. */
  readonly columns: readonly { readonly width: string; readonly className?: string }[];
}

/** Rows of the shape that the data will have, so that nothing jumps when it comes. */
export function SkeletonRows({ rows, columns }: SkeletonRowsProps) {
  return Array.from({ length: rows }, (_, row) => (
    <Row key={row}>
      {columns.map((column, index) => (
        <Cell key={index} className={column.className}>
          <Skeleton width={column.width} />
        </Cell>
      ))}
    </Row>
  ));
}
