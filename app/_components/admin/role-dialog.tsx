"use client";

import { useState } from "react";
import { type UserItem, userSchema } from "@/lib/users/user-schema";
import { readApi } from "../api-client";
import { Dialog } from "../ui/dialog";
import { DialogForm } from "../ui/dialog-form";
import { CLUSTER_PROBLEM, clustersOfChoice, type RoleChoice, RoleFields } from "./role-fields";
import { useLasting } from "../ui/use-lasting";

interface RoleDialogProps {
  readonly user: UserItem | null;
  readonly ownCluster: string;
  readonly onClose: () => void;
  readonly onChanged: (user: UserItem) => void;
}

/** Gives somebody another role, or other clusters. */
export function RoleDialog({ user, ownCluster, onClose, onChanged }: RoleDialogProps) {
  const shown = useLasting(user);
  return (
    <Dialog
      open={user !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Role of ${shown?.username ?? ""}`}
      description="It holds from their next click on. Nothing of theirs is lost."
    >
      {shown !== null && (
        <RoleForm
          key={shown.id}
          user={shown}
          ownCluster={ownCluster}
          onChanged={(changed) => {
            onClose();
            onChanged(changed);
          }}
        />
      )}
    </Dialog>
  );
}

interface RoleFormProps {
  readonly user: UserItem;
  readonly ownCluster: string;
  readonly onChanged: (user: UserItem) => void;
}

function RoleForm({ user, ownCluster, onChanged }: RoleFormProps) {
  const [choice, setChoice] = useState<RoleChoice>({
    role: user.role,
    clusterText: user.role === "ops" ? user.clusters.join(", ") : ownCluster,
  });
  const [clusterProblem, setClusterProblem] = useState<string>();

  const save = async () => {
    const clusters = clustersOfChoice(choice);
    setClusterProblem(clusters === null ? CLUSTER_PROBLEM : undefined);
    if (clusters === null) return "";
    const body = { role: choice.role, clusters };
    onChanged(await readApi(`/api/admin/users/${user.id}`, userSchema, { method: "PATCH", body }));
    return null;
  };

  return (
    <DialogForm submitLabel="Save role" onSubmit={save}>
      <RoleFields
        choice={choice}
        onChange={setChoice}
        clusterProblem={clusterProblem}
        ownCluster={ownCluster}
        fixedRole={user.sign_in === "oidc"}
      />
    </DialogForm>
  );
}
