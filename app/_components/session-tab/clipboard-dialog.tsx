"use client";

import { Check, ClipboardCopy, ClipboardPaste } from "lucide-react";
import { useState } from "react";
import { Button } from "@/app/_components/ui/button";
import { Dialog, DialogActions } from "@/app/_components/ui/dialog";
import { Field, Textarea } from "@/app/_components/ui/field";
import { useCopy } from "@/app/_components/ui/use-copy";

interface ClipboardDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** What the desktop copied last. */
  readonly text: string;
  readonly onSend: (text: string) => void;
}

/** Carries text between the desktop's clipboard and this computer's. */
export function ClipboardDialog({ open, onOpenChange, text, onSend }: ClipboardDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Clipboard of the desktop"
      description="Shows what was copied on the desktop. Type or paste here to send text to it."
    >
      <ClipboardForm key={text} text={text} onSend={onSend} />
    </Dialog>
  );
}

function ClipboardForm({ text, onSend }: Pick<ClipboardDialogProps, "text" | "onSend">) {
  const [draft, setDraft] = useState(text);
  const [sent, setSent] = useState(false);
  const { copied, copy, spoken } = useCopy({ inFull: true });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSend(draft);
        setSent(true);
      }}
    >
      <Field label="Text">
        <Textarea
          rows={5}
          value={draft}
          spellCheck={false}
          onChange={(event) => {
            setDraft(event.target.value);
            setSent(false);
          }}
        />
      </Field>
      <p role="status" className="mt-2 min-h-5 text-ink-muted">
        {sent && "Sent. Paste it on the desktop."}
      </p>
      <DialogActions>
        <Button
          icon={copied ? Check : ClipboardCopy}
          disabled={draft === ""}
          onClick={() => copy(draft)}
        >
          Copy to this computer
        </Button>
        {spoken}
        <Button look="solid" type="submit" icon={ClipboardPaste}>
          Send to the desktop
        </Button>
      </DialogActions>
    </form>
  );
}
