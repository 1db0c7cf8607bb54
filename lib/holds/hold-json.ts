import type { Hold } from "./hold-repository";
import type { HoldJson, ListedHoldJson } from "./hold-schema";
import type { ListedHold } from "./list-holds";

/** A legal hold as the API answers it. */
export function holdToJson({ id, target, reason, placedBy, createdAt, lifted }: Hold): HoldJson {
  return {
    id,
    target_type: target.type,
    target_id: target.id,
    target_name: target.name,
    target_owner: target.owner,
    reason,
    placed_by: placedBy,
    created_at: createdAt.toISOString(),
    lifted_by: lifted?.by ?? null,
    lifted_at: lifted?.at.toISOString() ?? null,
    lift_reason: lifted?.reason ?? null,
  };
}

/** The same in a list, with what is under it. */
export function listedHoldToJson(hold: ListedHold): ListedHoldJson {
  const { recordings, sizeBytes } = hold.covers;
  return { ...holdToJson(hold), recording_count: recordings, recording_bytes: sizeBytes };
}
