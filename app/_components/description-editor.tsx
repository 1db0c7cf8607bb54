"use client";

import { Pencil } from "lucide-react";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { problemSentence } from "@/app/_components/api-client";
import { Button, buttonClasses } from "@/app/_components/ui/button";
import { inputClasses } from "@/app/_components/ui/field";
import { classes } from "@/app/_components/ui/classes";
import { MAX_DESCRIPTION_LENGTH } from "@/lib/recordings/recording-schema";

interface DescriptionEditorProps {
  readonly description: string;
  /** @throws Error with a sentence for the user */
  readonly onSave: (description: string) => Promise<void>;
}

/** A recording's description, edited where it stands: Enter keeps it, Escape does not. */
export function DescriptionEditor({ description, onSave }: DescriptionEditorProps) {
  const [editing, setEditing] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    // The focus goes back to where the person was.
    if (wasEditing.current && !editing) trigger.current?.focus();
    wasEditing.current = editing;
  }, [editing]);
  if (editing) {
    return <Editor description={description} onSave={onSave} onClose={() => setEditing(false)} />;
  }
  return (
    <button
      ref={trigger}
      type="button"
      onClick={() => setEditing(true)}
      className={classes(
        buttonClasses("quiet"),
        "-ms-3 max-w-full self-start justify-start font-normal!",
      )}
    >
      <span className="min-w-0 truncate">
        {description === "" ? "Add a description" : description}
      </span>
      <Pencil aria-hidden className="size-3.5 shrink-0" />
      {description !== "" && <span className="sr-only">Edit the description</span>}
    </button>
  );
}

function Editor(props: DescriptionEditorProps & { readonly onClose: () => void }) {
  const { description, onSave, onClose } = props;
  const [draft, setDraft] = useState(description);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      if (draft.trim() !== description) await onSave(draft.trim());
      onClose();
    } catch (error) {
      setProblem(problemSentence(error));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-wrap items-center gap-2">
      <input
        autoFocus
        aria-label="Description"
        value={draft}
        maxLength={MAX_DESCRIPTION_LENGTH}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          onClose();
        }}
        className={classes(inputClasses, "h-(--control) min-w-40 flex-1")}
      />
      <Button type="submit" busy={busy}>
        Save
      </Button>
      <Button look="quiet" onClick={onClose}>
        Cancel
      </Button>
      <p role="alert" className="w-full text-failed empty:hidden">
        {problem}
      </p>
    </form>
  );
}
