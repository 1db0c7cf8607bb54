import Link from "next/link";
import type { ListedAuditEventJson } from "@/lib/audit/audit-event-schema";
import { shortId } from "../ui/format";
import { auditHref } from "./audit-filters";

type Target = Pick<ListedAuditEventJson, "target_type" | "target_id" | "target_name">;

/** What something was done to, as a link to it; to all that happened to it where it has no page of its own. */
export function AuditTarget({ target }: { readonly target: Target }) {
  const { target_type: type, target_id: id } = target;
  if (type === null || id === null) return null;
  return (
    <Link
      href={hrefOf(target)}
      dir="auto"
      title={`${type} ${id}`}
      className="text-ink hover:underline"
    >
      {wordsOf(type, id, target.target_name)}
    </Link>
  );
}

function wordsOf(type: string, id: string, name: string | null): string {
  if (name !== null) return name;
  return MADE.has(type) ? `${type} ${shortId(id)} (gone)` : id;
}

/** Kinds of things that come and go; the others have names for ids. */
const MADE: ReadonlySet<string> = new Set(["recording", "session", "user"]);

function hrefOf({ target_type, target_id, target_name }: Target): string {
  if (target_type === "recording" && target_name !== null) return `/recordings/${target_id ?? ""}`;
  if (target_type === "setting") return "/admin/settings";
  if (target_type === "job") return "/admin/storage";
  return auditHref({ target_type: target_type ?? "", target_id: target_id ?? "" });
}
