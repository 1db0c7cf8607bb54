"use client";

import { Dialog } from "@/app/_components/ui/dialog";
import { Kbd } from "@/app/_components/ui/kbd";
import { KEYS_IN_WORDS } from "./player-keys";

interface KeysDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Every key of the player. */
export function KeysDialog({ open, onOpenChange }: KeysDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys of the player">
      <table className="w-full">
        <thead className="sr-only">
          <tr>
            <th scope="col">Key</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          {KEYS_IN_WORDS.map(({ keys, does }) => (
            <tr key={does + keys.join()} className="border-t border-line first:border-t-0">
              <td className="h-(--row) pe-4 whitespace-nowrap">
                <span className="flex gap-1">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </span>
              </td>
              <td className="text-ink-muted">{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
