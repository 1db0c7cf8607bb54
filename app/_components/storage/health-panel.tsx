import { CircleCheck, TriangleAlert } from "lucide-react";
import type { StorageViewJson } from "@/lib/operations/storage-schema";
import { classes } from "../ui/classes";
import { Panel } from "./panel";

/** What the product depends on, and whether it works now. */
export function HealthPanel({ health, queue }: Pick<StorageViewJson, "health" | "queue">) {
  const place = queue.backend === "redis" ? "Redis" : "PostgreSQL";
  const isQueueUp = queue.depth !== null;
  const checks = [
    ...health,
    {
      name: "queue",
      ok: isQueueUp,
      message: isQueueUp
        ? `The job queue answers (${place}).`
        : `The job queue does not answer (${place}). Jobs wait until it does.`,
    },
  ];
  return (
    <Panel title="Health">
      <ul className="flex flex-col gap-2">
        {checks.map(({ name, ok, message }) => {
          const Icon = ok ? CircleCheck : TriangleAlert;
          return (
            <li key={name} className="flex gap-2">
              <Icon
                aria-hidden
                className={classes("mt-0.5 size-4 shrink-0", ok ? "text-ready" : "text-failed")}
              />
              <span>
                <span className="sr-only">{ok ? "Good: " : "Problem: "}</span>
                {message}
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
