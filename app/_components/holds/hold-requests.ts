import { z } from "zod";
import { type HoldJson, holdSchema, type HoldTarget } from "@/lib/holds/hold-schema";
import { callApi, readApi } from "../api-client";

/** What a hold is on, or is to be. */
export interface Holdable {
  readonly type: HoldTarget;
  readonly id: string;
}

const PATH = "/api/admin/holds";
const list = z.array(holdSchema);

/** @throws ApiProblem */
export async function placeHold({ type, id }: Holdable, reason: string): Promise<void> {
  const body = { target_type: type, target_id: id, reason };
  await callApi(PATH, { method: "POST", body });
}

/** @throws ApiProblem */
export async function liftHold(id: string, reason: string): Promise<void> {
  await callApi(`${PATH}/${id}/lift`, { method: "POST", body: { reason } });
}

/** The holds in force on a session or a user themselves; all that keep a recording, whatever they are on. */
export function readHolds({ type, id }: Holdable, signal?: AbortSignal): Promise<HoldJson[]> {
  const on = type === "recording" ? { recording_id: id } : { target_type: type, target_id: id };
  const call = signal === undefined ? {} : { signal };
  return readApi(`${PATH}?${new URLSearchParams(on).toString()}`, list, call);
}
