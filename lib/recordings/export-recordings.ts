import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { type ListInput, listRecordings } from "./list-recordings";
import type { Recording } from "./recording-repository";

const BATCH = 1_000;
/** Few, so that the download begins at once. */
const FIRST_BATCH = 100;

interface ExportInput extends Pick<ListInput, "filters" | "sort"> {
  /** The filters as they were asked for, for the audit trail. */
  readonly asked: string;
}

/**
 * Everything that a list with the same filters has, a batch at a time. Audited before the first row leaves:
 * how much of it somebody took cannot be known. @throws AppError `forbidden`
 */
export async function* exportRecordings(
  deps: { readonly db: DatabaseOrTransaction },
  actor: Actor,
  client: Client,
  { asked, ...input }: ExportInput,
): AsyncGenerator<readonly Recording[]> {
  const list = (cursor: ListInput["cursor"], limit: number) =>
    listRecordings(deps, actor, { scope: "all", ...input, limit, cursor });
  let page = await list(undefined, FIRST_BATCH);
  const detail = { filters: asked };
  await recordAuditEvent(deps.db, { actor, client, action: "recording.export", detail });
  yield page.recordings;
  while (page.next !== null) {
    page = await list(page.next, BATCH);
    yield page.recordings;
  }
}
