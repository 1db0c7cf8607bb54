interface ListCountProps {
  readonly shown: number;
  /** There are more than are shown; how many, nobody counts. */
  readonly hasMore: boolean;
}

/** How many rows a list has, as far as is known. */
export function ListCount({ shown, hasMore }: ListCountProps) {
  return (
    <>
      {shown}
      {hasMore && "+"}
      <span className="sr-only"> in the list</span>
    </>
  );
}
