"use client";

import { useState } from "react";
import type { z } from "zod";
import { createTokenSchema, newTokenSchema } from "@/lib/tokens/token-schema";
import { TOKEN_SCOPES, type TokenScope } from "@/lib/tokens/token-scope";
import { readApi } from "../api-client";
import { Dialog } from "../ui/dialog";
import { DialogForm } from "../ui/dialog-form";
import { Field, Input } from "../ui/field";
import { Select, type SelectOption } from "../ui/select";

export type NewToken = z.output<typeof newTokenSchema>;

interface CreateTokenDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** What the person's role lets a token be made for. */
  readonly scopes: readonly TokenScope[];
  readonly onCreated: (token: NewToken) => void;
}

/** Asks what a token is for, what it may do and for how long. */
export function CreateTokenDialog(props: CreateTokenDialogProps) {
  const { open, onOpenChange, scopes, onCreated } = props;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New token"
      description="For a script or a program that calls the API as you. It is shown once."
    >
      <CreateTokenForm
        scopes={scopes}
        onCreated={(token) => {
          onOpenChange(false);
          onCreated(token);
        }}
      />
    </Dialog>
  );
}

type Days = "30" | "90" | "365";
const DAYS: readonly SelectOption<Days>[] = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
];

function CreateTokenForm({
  scopes,
  onCreated,
}: Pick<CreateTokenDialogProps, "scopes" | "onCreated">) {
  const [chosen, setChosen] = useState<readonly TokenScope[]>(["read"]);
  const [days, setDays] = useState<Days>("90");

  const create = async (form: FormData) => {
    const input = createTokenSchema.safeParse({
      name: form.get("name"),
      scopes: chosen,
      expires_in_days: Number(days),
    });
    if (!input.success) return "Give the token a name and choose what it may do.";
    const call = { method: "POST", body: input.data } as const;
    onCreated(await readApi("/api/account/tokens", newTokenSchema, call));
    return null;
  };

  return (
    <DialogForm submitLabel="Create token" onSubmit={create}>
      <Field label="Name" hint="What it is for, such as “nightly backup”.">
        <Input name="name" autoComplete="off" maxLength={64} />
      </Field>
      <ScopeChoice scopes={scopes} chosen={chosen} onChange={setChosen} />
      <Field label="Expires after">
        <div>
          <Select label="Expires after" options={DAYS} value={days} onChange={setDays} />
        </div>
      </Field>
    </DialogForm>
  );
}

interface ScopeChoiceProps {
  readonly scopes: readonly TokenScope[];
  readonly chosen: readonly TokenScope[];
  readonly onChange: (chosen: readonly TokenScope[]) => void;
}

function ScopeChoice({ scopes, chosen, onChange }: ScopeChoiceProps) {
  return (
    <fieldset className="flex flex-col">
      <legend className="mb-1 text-base font-medium">It may</legend>
      {scopes.map((scope) => {
        const { label, hint } = TOKEN_SCOPES[scope];
        const isChosen = chosen.includes(scope);
        return (
          <label key={scope} className="flex min-h-(--control) items-start gap-2 py-1">
            <input
              type="checkbox"
              checked={isChosen}
              onChange={() =>
                onChange(isChosen ? chosen.filter((each) => each !== scope) : [...chosen, scope])
              }
              className="mt-1 size-3.5 accent-accent"
            />
            <span>
              {label}
              <span className="block text-sm text-ink-subtle">{hint}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
