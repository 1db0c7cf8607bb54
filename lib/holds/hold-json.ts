import type { Hold } from "./hold-repository";
import type { HoldJson } from "./hold-schema";

/** A legal hold as the API answers it. */
export function holdToJson({ id, target, reason, placedBy, createdAt, lifted }: Hold): HoldJson {
  return {
    id,
    target_type: target.type,
    target_id: target.id,
    target_name: target.name,
    reason,
    placed_by: placedBy,
    placed_at: createdAt.toISOString(),
    lifted_by: lifted?.by ?? null,
    lifted_at: lifted?.at.toISOString() ?? null,
  };
}
