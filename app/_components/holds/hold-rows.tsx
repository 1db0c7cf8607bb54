"use client";

import { LockOpen } from "lucide-react";
import type { HoldJson, HoldTarget } from "@/lib/holds/hold-schema";
import { Button } from "../ui/button";
import { RelativeTime } from "../ui/time";

interface HoldRowsProps {
  readonly holds: readonly HoldJson[];
  /** What each kind of target is here, such as "this recording". */
  readonly what: Readonly<Record<HoldTarget, string>>;
  readonly onLift: (hold: HoldJson) => void;
}

/** Legal holds with their reasons, each with the way to lift it. */
export function HoldRows({ holds, what, onLift }: HoldRowsProps) {
  return (
    <ul aria-label="Legal holds" className="flex w-full flex-col gap-2">
      {holds.map((hold) => (
        <li key={hold.id} className="flex items-start gap-2">
          <span className="min-w-0 flex-1 text-pretty break-words">
            On {what[hold.target_type]}: “{hold.reason}”, placed by {hold.placed_by}{" "}
            <RelativeTime at={hold.created_at} />.
          </span>
          <Button icon={LockOpen} onClick={() => onLift(hold)}>
            Lift…
          </Button>
        </li>
      ))}
    </ul>
  );
}
