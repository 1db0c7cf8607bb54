import { z } from "zod";
import { AppError } from "@/lib/errors/app-error";
import { HOLD_TARGETS } from "@/lib/holds/hold-schema";
import type { ListHoldsInput } from "@/lib/holds/list-holds";
import { pageQuery } from "./pagination";

/** The query of the list of legal holds. */
export const holdListQuery = z.object({
  ...pageQuery,
  /** `all`: also those that were lifted. */
  state: z.enum(["in_force", "all"]).default("in_force"),
  /** Only holds on recordings, on sessions or on users. */
  target_type: z.enum(HOLD_TARGETS).optional(),
  /** Only holds on this very one, together with its type. */
  target_id: z.uuid().optional(),
});

/** @throws AppError `bad_request` for an id of it is not said what */
export function holdListInputOf(query: z.infer<typeof holdListQuery>): ListHoldsInput {
  const { state, target_type: type, target_id: id, limit, cursor } = query;
  if (type === undefined && id !== undefined) {
    throw new AppError("bad_request", "Say with “target_type” what the “target_id” is of.");
  }
  const target = type === undefined ? undefined : { type, id };
  return { inForceOnly: state === "in_force", target, limit, cursor };
}
