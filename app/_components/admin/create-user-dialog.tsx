"use client";

import { useState } from "react";
import { createUserSchema, userSchema } from "@/lib/users/user-schema";
import { readApi } from "../api-client";
import { Dialog } from "../ui/dialog";
import { DialogForm } from "../ui/dialog-form";
import { Field, Input } from "../ui/field";
import { newPassword } from "./new-password";
import { CLUSTER_PROBLEM, clustersOfChoice, type RoleChoice, RoleFields } from "./role-fields";

/** A new account, with the password that nobody can look up again. */
interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface CreateUserDialogProps {
  readonly open: boolean;
  readonly ownCluster: string;
  readonly onOpenChange: (open: boolean) => void;
  readonly onCreated: (credentials: Credentials) => void;
}

/** Makes an account with a generated password. */
export function CreateUserDialog(props: CreateUserDialogProps) {
  const { open, ownCluster, onOpenChange, onCreated } = props;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New user"
      description="A password is made and shown once."
    >
      <CreateUserForm
        ownCluster={ownCluster}
        onCreated={(credentials) => {
          onOpenChange(false);
          onCreated(credentials);
        }}
      />
    </Dialog>
  );
}

type CreateUserFormProps = Pick<CreateUserDialogProps, "ownCluster" | "onCreated">;

function CreateUserForm({ ownCluster, onCreated }: CreateUserFormProps) {
  const [choice, setChoice] = useState<RoleChoice>({ role: "dev", clusterText: ownCluster });
  const [clusterProblem, setClusterProblem] = useState<string>();
  const [nameProblem, setNameProblem] = useState<string>();

  const create = async (form: FormData) => {
    const password = newPassword();
    const displayName = textOf(form, "display_name");
    const clusters = clustersOfChoice(choice);
    setClusterProblem(clusters === null ? CLUSTER_PROBLEM : undefined);
    if (clusters === null) return "";
    const input = createUserSchema.safeParse({
      username: textOf(form, "username"),
      ...(displayName === "" ? {} : { display_name: displayName }),
      role: choice.role,
      clusters,
      password,
    });
    if (!input.success) {
      setNameProblem(`Use ${input.error.issues[0]?.message ?? "another name"}.`);
      return "";
    }
    setNameProblem(undefined);
    const call = { method: "POST", body: input.data } as const;
    const { username } = await readApi("/api/admin/users", userSchema, call);
    onCreated({ username, password });
    return null;
  };

  return (
    <DialogForm submitLabel="Create user" onSubmit={create}>
      <Field label="User name" error={nameProblem} hint="Used to sign in; it stays for good.">
        <Input name="username" autoComplete="off" autoCapitalize="none" spellCheck={false} />
      </Field>
      <Field label="Name" hint="How they are shown. Leave it empty to use the user name.">
        <Input name="display_name" autoComplete="off" />
      </Field>
      <RoleFields
        choice={choice}
        onChange={setChoice}
        clusterProblem={clusterProblem}
        ownCluster={ownCluster}
      />
    </DialogForm>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}
