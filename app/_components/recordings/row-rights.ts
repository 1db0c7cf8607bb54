import type { Actor } from "@/lib/auth/permissions";
import { mayAccess } from "@/lib/recordings/recording-policy";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { ownedOf } from "../actor";

/** What can be done with one recording as it stands, by one person. */
export interface RowRights {
  readonly download: boolean;
  readonly delete: boolean;
  readonly hold: boolean;
  readonly lift: boolean;
}

export function rowRights(actor: Actor, recording: RecordingJson): RowRights {
  const owned = ownedOf(recording);
  const hold = mayAccess(actor, "hold", owned);
  return {
    download: recording.status === "ready" && mayAccess(actor, "download", owned),
    delete: !recording.held && mayAccess(actor, "delete", owned),
    hold,
    lift: hold && recording.held,
  };
}
