"use client";

import { Download, Lock, LockOpen, Trash2 } from "lucide-react";
import { Button } from "../ui/button";
import type { RowRights } from "./row-rights";
import type { HoldChange } from "./use-holding";

interface SelectionBarProps {
  /** Of each that is chosen. */
  readonly rights: readonly RowRights[];
  readonly onSave: () => void;
  readonly onDelete: () => void;
  /** Holds are being placed or lifted already. */
  readonly holdBusy: boolean;
  readonly onHold: (kind: HoldChange["kind"]) => void;
  readonly onClear: () => void;
}

/** How many rows are chosen, and what can be done to at least one of them. */
export function SelectionBar(props: SelectionBarProps) {
  const { rights, onSave, onDelete, holdBusy, onHold, onClear } = props;
  return (
    <div
      role="region"
      aria-label="Selection"
      className="sticky top-2 z-20 mb-2 flex flex-wrap items-center gap-2 rounded-md bg-raised py-1 ps-3 pe-1 shadow-popup"
    >
      <p role="status" className="me-auto font-medium">{`${rights.length} selected`}</p>
      <Button look="quiet" onClick={onClear}>
        Clear
      </Button>
      {rights.some(({ download }) => download) && (
        <Button icon={Download} onClick={onSave}>
          Download
        </Button>
      )}
      {rights.some(({ hold }) => hold) && (
        <Button icon={Lock} busy={holdBusy} onClick={() => onHold("place")}>
          Hold…
        </Button>
      )}
      {rights.some(({ lift }) => lift) && (
        <Button icon={LockOpen} busy={holdBusy} onClick={() => onHold("lift")}>
          Lift holds…
        </Button>
      )}
      {rights.some((each) => each.delete) && (
        <Button icon={Trash2} onClick={onDelete}>
          Delete…
        </Button>
      )}
    </div>
  );
}
