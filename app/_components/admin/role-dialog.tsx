"use client";

import { useState } from "react";
import { type UserItem, userSchema } from "@/lib/users/user-schema";
import { problemSentence, readApi } from "../api-client";
import { Button } from "../ui/button";
import { Dialog, DialogActions } from "../ui/dialog";
import { CLUSTER_PROBLEM, clustersOfChoice, type RoleChoice, RoleFields } from "./role-fields";

interface RoleDialogProps {
  readonly user: UserItem | null;
  readonly onClose: () => void;
  readonly onChanged: (user: UserItem) => void;
}

/** Gives somebody another role, or other clusters. */
export function RoleDialog({ user, onClose, onChanged }: RoleDialogProps) {
  // The words stay while the dialog leaves.
  const [shown, setShown] = useState(user);
  if (user !== null && user !== shown) setShown(user);
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
  readonly onChanged: (user: UserItem) => void;
}

function RoleForm({ user, onChanged }: RoleFormProps) {
  const [choice, setChoice] = useState<RoleChoice>({
    role: user.role,
    clusterText: user.clusters.join(", "),
  });
  const [busy, setBusy] = useState(false);
  const [clusterProblem, setClusterProblem] = useState<string>();
  const [problem, setProblem] = useState<string | null>(null);

  const save = async () => {
    const clusters = clustersOfChoice(choice);
    setProblem(null);
    setClusterProblem(clusters === null ? CLUSTER_PROBLEM : undefined);
    if (clusters === null) return;
    setBusy(true);
    try {
      const body = { role: choice.role, clusters };
      onChanged(
        await readApi(`/api/admin/users/${user.id}`, userSchema, { method: "PATCH", body }),
      );
    } catch (error) {
      setProblem(problemSentence(error));
      setBusy(false);
    }
  };

  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <RoleFields
        choice={choice}
        onChange={setChoice}
        clusterProblem={clusterProblem}
        fixedRole={user.sign_in === "oidc"}
      />
      <p role="alert" className="text-failed empty:hidden">
        {problem}
      </p>
      <DialogActions>
        <Button type="submit" look="solid" busy={busy}>
          Save role
        </Button>
      </DialogActions>
    </form>
  );
}
