import { SkeletonRows } from "../ui/skeleton";
import { FROM_MEDIUM, FROM_SMALL, HeaderCell, Table, TablePanel } from "../ui/table";

const ROWS = 10;

interface ListSkeletonProps {
  /** What is on its way, for people who listen. */
  readonly label: string;
  /** The list begins with a line of search and filters. */
  readonly hasFilters?: boolean;
  readonly headers: readonly string[];
}

/** A list's shape while its rows are on their way. */
export function ListSkeleton({ label, hasFilters = false, headers }: ListSkeletonProps) {
  const columns = headers.map((header, index) => ({
    header,
    width: index === 0 ? "60%" : "70%",
    className: index === 0 ? "" : index < 3 ? `w-28 ${FROM_SMALL}` : `w-28 ${FROM_MEDIUM}`,
  }));
  return (
    <>
      <p role="status" className="sr-only">
        {`${label} on their way.`}
      </p>
      {hasFilters && <div className="mb-3 h-(--control)" />}
      <TablePanel>
        <Table label={label} busy>
          <thead>
            <tr>
              {columns.map(({ header, className }) => (
                <HeaderCell key={header} className={className}>
                  {header}
                </HeaderCell>
              ))}
            </tr>
          </thead>
          <tbody>
            <SkeletonRows rows={ROWS} columns={columns} />
          </tbody>
        </Table>
      </TablePanel>
    </>
  );
}
