"use client";

import { type SubmitEvent, useState } from "react";
import { createUserSchema, userSchema } from "@/lib/users/user-schema";
import { problemSentence, readApi } from "../api-client";
import { Button } from "../ui/button";
import { Dialog, DialogActions } from "../ui/dialog";
import { Field, Input } from "../ui/field";
import { newPassword } from "./new-password";
import { CLUSTER_PROBLEM, clustersOfChoice, NEW_CHOICE, RoleFields } from "./role-fields";

/** A new account, with the password that nobody can look up again. */
interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface CreateUserDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onCreated: (credentials: Credentials) => void;
}

/** Makes an account with a generated password. */
export function CreateUserDialog({ open, onOpenChange, onCreated }: CreateUserDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New user"
      description="A password is made and shown once."
    >
      <CreateUserForm
        onCreated={(credentials) => {
          onOpenChange(false);
          onCreated(credentials);
        }}
      />
    </Dialog>
  );
}

function CreateUserForm({ onCreated }: Pick<CreateUserDialogProps, "onCreated">) {
  const [choice, setChoice] = useState(NEW_CHOICE);
  const [clusterProblem, setClusterProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [nameProblem, setNameProblem] = useState<string>();
  const [problem, setProblem] = useState<string | null>(null);

  const create = async (form: FormData) => {
    const password = newPassword();
    const displayName = textOf(form, "display_name");
    const clusters = clustersOfChoice(choice);
    setClusterProblem(clusters === null ? CLUSTER_PROBLEM : undefined);
    if (clusters === null) return;
    const input = createUserSchema.safeParse({
      username: textOf(form, "username"),
      ...(displayName === "" ? {} : { display_name: displayName }),
      role: choice.role,
      clusters,
      password,
    });
    if (!input.success) {
      setNameProblem(`Use ${input.error.issues[0]?.message ?? "another name"}.`);
      return;
    }
    setNameProblem(undefined);
    setProblem(null);
    setBusy(true);
    try {
      const user = await readApi("/api/admin/users", userSchema, {
        method: "POST",
        body: input.data,
      });
      onCreated({ username: user.username, password });
    } catch (error) {
      setProblem(problemSentence(error));
      setBusy(false);
    }
  };

  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        void create(new FormData(event.currentTarget));
      }}
    >
      <Field label="User name" error={nameProblem} hint="Used to sign in; it stays for good.">
        <Input name="username" autoComplete="off" autoCapitalize="none" spellCheck={false} />
      </Field>
      <Field label="Name" hint="How they are shown. Leave it empty to use the user name.">
        <Input name="display_name" autoComplete="off" />
      </Field>
      <RoleFields choice={choice} onChange={setChoice} clusterProblem={clusterProblem} />
      <p role="alert" className="text-failed empty:hidden">
        {problem}
      </p>
      <DialogActions>
        <Button type="submit" look="solid" busy={busy}>
          Create user
        </Button>
      </DialogActions>
    </form>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}
