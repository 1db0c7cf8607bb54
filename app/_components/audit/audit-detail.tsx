"use client";

import type { ReactNode } from "react";
import type { ListedAuditEventJson } from "@/lib/audit/audit-event-schema";
import { ExactTime } from "../player/exact-time";
import { ButtonLink } from "../ui/button";
import { CopyId } from "../ui/copy-id";
import { Dialog, DialogActions } from "../ui/dialog";
import { Unknown } from "../ui/time";
import { auditHref } from "./audit-filters";
import { AuditTarget } from "./audit-target";
import { useLasting } from "../ui/use-lasting";

interface AuditDetailProps {
  /** Null while none is open. */
  readonly event: ListedAuditEventJson | null;
  readonly onClose: () => void;
}

/** Everything that is known of one event. */
export function AuditDetail({ event, onClose }: AuditDetailProps) {
  const shown = useLasting(event);
  if (shown === null) return null;
  const { target_type, target_id, actor_name } = shown;
  const hasTarget = target_type !== null && target_id !== null;
  return (
    <Dialog
      open={event !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={shown.summary}
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        <Facts event={shown} />
      </dl>
      <DialogActions>
        <ButtonLink href={auditHref({ actor: actor_name })} onClick={onClose}>
          All by {actor_name.slice(0, 24)}
        </ButtonLink>
        {hasTarget && (
          <ButtonLink href={auditHref({ target_type, target_id })} onClick={onClose}>
            All about this {target_type}
          </ButtonLink>
        )}
      </DialogActions>
    </Dialog>
  );
}

function Facts({ event }: { readonly event: ListedAuditEventJson }) {
  const { target_type, target_id } = event;
  return (
    <>
      <Fact name="Who">{event.actor_name}</Fact>
      <Fact name="When">
        <ExactTime at={event.created_at} />
      </Fact>
      {target_id !== null && (
        <Fact name="On what">
          <AuditTarget target={event} /> <CopyId id={target_id} of={target_type ?? "target"} />
        </Fact>
      )}
      <Fact name="From where">{event.ip ?? <Unknown />}</Fact>
      <Fact name="Browser">{event.user_agent ?? <Unknown />}</Fact>
      <Fact name="Action">
        <code className="font-mono text-sm">{event.action}</code>
      </Fact>
      {Object.entries(event.detail).map(([name, value]) => (
        <Fact key={name} name={name.replaceAll("_", " ")}>
          {typeof value === "string" ? value : JSON.stringify(value)}
        </Fact>
      ))}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-muted first-letter:uppercase">{name}</dt>
      <dd dir="auto" className="break-words">
        {children}
      </dd>
    </>
  );
}
