import { Skeleton } from "../ui/skeleton";

/** The catalogue's shape while it is on its way. */
export function CatalogueSkeleton() {
  return (
    <>
      <p role="status" className="sr-only">
        Apps on their way.
      </p>
      <div className={catalogueGrid}>
        {[1, 2, 3].map((card) => (
          <div key={card} className="h-34 rounded-md border border-line bg-surface p-4">
            <div className="flex gap-3">
              <span className="size-9 shrink-0 rounded-md bg-hover" />
              <div className="flex flex-1 flex-col gap-2 pt-1">
                <Skeleton width="40%" />
                <Skeleton width="90%" />
              </div>
            </div>
          </div>
        ))}
      </div>
    </>
  );
}

export const catalogueGrid = "grid grid-cols-[repeat(auto-fill,minmax(min(18rem,100%),1fr))] gap-3";
