import type { ReactNode } from "react";
import { PageFrame } from "../shell/page-frame";
import { Skeleton } from "../ui/skeleton";
import { Panel } from "./panel";

const TITLES = ["Used space", "Growth", "Health", "Failures"];

/** The page's shape while its figures are on their way. */
export function StorageSkeleton({ tabs }: { readonly tabs: ReactNode }) {
  return (
    <PageFrame title="Storage & jobs" tabs={tabs}>
      <p role="status" className="sr-only">
        The figures are on their way.
      </p>
      <div className="grid gap-4 lg:grid-cols-2">
        {TITLES.map((title) => (
          <Panel key={title} title={title}>
            <div className="flex h-28 flex-col gap-3">
              <Skeleton width="40%" />
              <Skeleton width="70%" />
              <Skeleton width="55%" />
            </div>
          </Panel>
        ))}
      </div>
    </PageFrame>
  );
}
